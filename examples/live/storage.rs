//! Files in a bucket with a folder for each user.

use std::time::Duration;

use bytes::Bytes;
use scoped_runtime::storage::Bucket;
use scoped_runtime::{Error, ScopedClient};

use crate::report::{Attempt, Report, expect, try_each};
use crate::stack::Stack;

/// Larger than one part of a resumable upload, which has 6 MiB.
const BIG: usize = 7 << 20;

pub(crate) async fn try_all(stack: &Stack, report: &mut Report) {
    try_each!(report, stack, "storage", {
        "upload, list, download and remove, for both users" => files,
        "the other user's folder is out of reach" => foreign,
        "signed URL" => signed,
        "resumable upload (TUS)" => resumable,
    });
}

/// Removes what failed features have left, as far as it can be removed.
pub(crate) async fn clean_up(stack: &Stack) {
    for client in [&stack.alice, &stack.bob] {
        let keys = ["file.txt", "private.txt", "signed.txt", "big.bin"];
        let _ = bucket(client)
            .remove(keys.map(|name| key(client, name)))
            .await;
    }
}

fn bucket(client: &ScopedClient) -> Bucket {
    client.storage().bucket("scoped-live")
}

fn key(client: &ScopedClient, name: &str) -> String {
    format!("{}/{name}", client.user_id())
}

async fn files(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    for client in [&stack.alice, &stack.bob] {
        let (bucket, key) = (bucket(client), key(client, "file.txt"));
        bucket.upload(&key, "text").upsert().await?;
        let listed = bucket.list(client.user_id().as_str()).await?;
        let is_listed = listed.iter().any(|entry| entry.name == "file.txt");
        expect(is_listed, "the list lacks the file")?;
        expect(
            bucket.download(&key).await? == "text",
            "the file has another content",
        )?;
        let removed = bucket.remove([&*key]).await?;
        expect(removed.removed == [key], "the file was not removed")?;
    }
    Ok(())
}

async fn foreign(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let (hers, his) = (bucket(&stack.alice), bucket(&stack.bob));
    let key = key(&stack.alice, "private.txt");
    hers.upload(&key, "hers").upsert().await?;
    let read = his.download(&key).bytes().await;
    let is_hidden = matches!(&read, Err(Error::Storage(error)) if error.is_not_found());
    let listed = his.list(stack.alice.user_id().as_str()).await?;
    let written = his.upload(&key, "his").upsert().await;
    let is_denied = matches!(&written, Err(Error::Storage(error)) if error.is_denied());
    let removed = his.remove([&*key]).await?;
    let left = hers.download(&key).await?;
    hers.remove([key]).await?;
    expect(
        is_hidden && listed.is_empty(),
        "a user reads the folder of the other",
    )?;
    expect(
        is_denied && removed.removed.is_empty() && left == "hers",
        "a user writes to the folder of the other",
    )
}

async fn signed(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let (bucket, key) = (bucket(&stack.alice), key(&stack.alice, "signed.txt"));
    bucket.upload(&key, "signed").upsert().await?;
    let url = bucket.signed_url(&key, Duration::from_mins(1)).await?;
    let opened = stack
        .bob
        .storage()
        .download_signed(url.expose_secret())
        .await?;
    bucket.remove([key]).await?;
    expect(opened == "signed", "the URL leads to another content")
}

async fn resumable(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let (bucket, key) = (bucket(&stack.alice), key(&stack.alice, "big.bin"));
    let upload = bucket.upload_resumable(&key, Bytes::from(vec![7; BIG]));
    upload.upsert().await?;
    bucket.remove([key]).await?;
    Ok(())
}
