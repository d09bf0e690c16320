//! Files of a user in a bucket whose policies give each user the folder that is named after their ID.

use std::io::{Write as _, stdout};
use std::time::Duration;

use bytes::Bytes;
use scoped_examples::program::{Result, step};
use scoped_runtime::{Error, ScopedClient, StorageError};

use crate::Users;

const BUCKET: &str = "own";
const TEXT: &str = "quarter,total\nQ1,4711\n";
/// Larger than one part of a resumable upload, which has 6 MiB.
const BIG: usize = 32 << 20;

/// Uploads, lists, signs and reads a file as Alice, and tries the same as Bob.
pub(crate) async fn are_private(Users { alice, bob }: &Users) -> Result {
    let folder = alice.user_id().as_str();
    let key = format!("{folder}/report.csv");
    let (hers, his) = (alice.storage().bucket(BUCKET), bob.storage().bucket(BUCKET));

    hers.upload(&key, TEXT).upsert().await?;
    let listed = hers.list(folder).await?;
    let names: Vec<&str> = listed.iter().map(|entry| &*entry.name).collect();
    step(
        names == ["report.csv"],
        "Alice uploads a file and lists her folder",
    )?;
    step(hers.download(&key).await? == TEXT, "she reads it again")?;

    let url = hers.signed_url(&key, Duration::from_mins(1)).await?;
    let opened = bob.storage().download_signed(url.expose_secret()).await?;
    step(
        opened == TEXT,
        "anyone with her signed URL reads it, for a minute",
    )?;

    let read = denied(his.download(&key).await);
    step(
        read.is_some_and(|it| it.is_not_found()),
        "for Bob the file does not exist",
    )?;
    step(
        his.list(folder).await?.is_empty(),
        "her folder is empty for him",
    )?;
    let sign = denied(his.signed_url(&key, Duration::from_mins(1)).await);
    step(sign.is_some(), "he cannot sign a URL for it")?;
    let write = denied(his.upload(&key, "forged").upsert().await);
    step(
        write.is_some_and(|it| it.is_denied()),
        "he cannot write to her folder",
    )?;
    let removed = his.remove([&*key]).await?;
    step(removed.removed.is_empty(), "he cannot remove it")?;
    step(
        hers.download(&key).await? == TEXT,
        "the file is as Alice left it",
    )?;
    hers.remove([key]).await?;
    Ok(())
}

/// Uploads a large file in parts, each with a live token, and shows how far it is.
pub(crate) async fn are_uploaded_in_parts(alice: &ScopedClient) -> Result {
    let key = format!("{}/big.bin", alice.user_id());
    let body = Bytes::from(vec![7; BIG]);
    let upload = alice.storage().bucket(BUCKET).upload_resumable(key, body);
    upload
        .on_progress(|progress| show(progress.sent, progress.total))
        .await?;
    println!();
    step(true, &format!("{} MiB are uploaded in parts", BIG >> 20))
}

/// Shows a bar with this part filled, on the line of the one before.
fn show(sent: u64, total: Option<u64>) {
    const WIDTH: usize = 40;
    let percent = sent * 100 / total.unwrap_or(sent).max(1);
    let full = WIDTH * usize::try_from(percent).unwrap_or_default() / 100;
    print!("\r     [{:-<WIDTH$}] {percent:>3} %", "#".repeat(full));
    // The upload goes on if the terminal cannot show the bar.
    let _ = stdout().flush();
}

/// The error of Storage, if it refused.
fn denied<T>(outcome: std::result::Result<T, Error>) -> Option<StorageError> {
    match outcome {
        Err(Error::Storage(error)) => Some(error),
        _ => None,
    }
}
