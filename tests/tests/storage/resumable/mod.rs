//! Resumable uploads on `@tus/server`, behind the ways in which the real server is ugly.

mod hostile;
mod interrupted;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::storage::{Body, Progress, UploadUrl};
use scoped_runtime::{ClientError, Upload};
use serde_json::json;

use crate::support::{Stand, assert_client_error, client, own, refused, stream, user};

const PART: usize = 64 << 10;

/// Bytes in which no part is the same as another.
fn content(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..bytes)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

/// The content as a stream of parts of this size.
fn stream_of(content: &[u8], step: usize) -> Upload {
    stream(content.chunks(step).map(bytes::Bytes::copy_from_slice))
}

/// Must show 1 of the issue: the token ends twice during an upload of 40 parts.
#[tokio::test]
async fn an_upload_of_40_parts_outlives_two_tokens() {
    let stand = Arc::new(Stand::start().await);
    let alice = stand.clients.get(user()).unwrap();
    let bucket = alice.storage().bucket("own");
    let key = format!("{}/big.bin", alice.user_id());
    let all = content(40 * PART);
    let seen = Arc::<Mutex<Vec<Progress>>>::default();
    let noted = Arc::clone(&seen);
    // The clocks of both sides move after 13 and after 26 parts.
    let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let body = {
        let all = all.clone();
        let stand = Arc::clone(&stand);
        let parts = futures_util::stream::unfold(0, move |at| {
            let (stand, all, ask) = (Arc::clone(&stand), all.clone(), ask.clone());
            async move {
                let part = all.chunks(PART).nth(at)?;
                if at == 13 || at == 26 {
                    stand.pass(3600).await;
                    ask.send(at).unwrap();
                }
                Some((Ok(bytes::Bytes::copy_from_slice(part)), at + 1))
            }
        });
        Upload::new(parts).length(40 * PART as u64)
    };
    bucket
        .upload_resumable(&key, body)
        .part_bytes(PART)
        .on_progress(move |progress| noted.lock().unwrap().push(progress))
        .await
        .unwrap();
    assert_eq!(
        (asked.recv().await, asked.recv().await),
        (Some(13), Some(26))
    );
    assert_eq!(bucket.download(&key).await.unwrap(), all);
    let log = stand.log().await;
    let parts: Vec<_> = log
        .iter()
        .filter(|entry| entry["method"] == "PATCH")
        .collect();
    assert_eq!(parts.len(), 40, "no part was refused or repeated");
    assert!(parts.iter().all(|entry| entry["status"] == 204));
    let mut tokens: Vec<_> = parts
        .iter()
        .map(|entry| entry["token"].to_string())
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "three tokens, one after the other");
    assert!(
        parts
            .iter()
            .all(|entry| entry["user"] == alice.user_id().as_str())
    );
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 41, "at the start and after each part");
    assert!(seen.windows(2).all(|pair| pair[0].sent < pair[1].sent));
    assert_eq!(seen[40].total, Some(seen[40].sent));
}

#[tokio::test]
async fn every_kind_of_body_arrives_whole() {
    let (bucket, folder) = own().await;
    let file = std::env::temp_dir().join(format!("scoped-resumable-{}", std::process::id()));
    for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART] {
        let all = content(length);
        std::fs::write(&file, &all).unwrap();
        for (name, body) in [
            ("bytes", Body::from(all.clone())),
            ("file", Body::file(&file)),
            ("small", stream_of(&all, 1000).length(length as u64).into()),
            (
                "large",
                stream_of(&all, 2 * PART).length(length as u64).into(),
            ),
            ("exact", stream_of(&all, PART).into()),
            ("unknown", stream_of(&all, 1000).into()),
        ] {
            let key = format!("{folder}/{name}-{length}.mp4");
            bucket
                .upload_resumable(&key, body)
                .part_bytes(PART)
                .metadata(json!({ "of": name }))
                .cache_control(Duration::from_secs(5))
                .await
                .unwrap_or_else(|error| panic!("{key}: {error}"));
            assert!(bucket.download(&key).await.unwrap() == all, "{key}");
            let info = bucket.info(&key).await.unwrap();
            assert_eq!(info.content_type.as_deref(), Some("video/mp4"));
            assert_eq!(info.cache_control.as_deref(), Some("max-age=5"));
            assert_eq!(info.metadata.as_ref(), json!({ "of": name }).as_object());
        }
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_body_of_another_length_than_it_says_is_an_error() {
    let (bucket, folder) = own().await;
    for (length, word) in [
        (2 * PART + 1, "shorter"),
        (2 * PART - 1, "longer"),
        (PART, "longer"),
    ] {
        let body = stream_of(&content(2 * PART), 1000).length(length as u64);
        let key = format!("{folder}/{length}");
        let error = bucket
            .upload_resumable(&key, body)
            .part_bytes(PART)
            .await
            .unwrap_err();
        assert_client_error!(error, ClientError::Upload { .. });
        assert!(format!("{error:?}").contains(word), "{error:?}");
        assert!(!bucket.exists(&key).await.unwrap());
    }
}

/// Storage wants `x-upsert` on every part, not only on the first request.
#[tokio::test]
async fn an_existing_object_is_replaced_only_on_request() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a");
    bucket.upload(&key, "old").await.unwrap();
    let upload = || {
        bucket
            .upload_resumable(&key, content(3 * PART))
            .part_bytes(PART)
    };
    let error = refused(upload().await);
    assert!(error.already_exists(), "{error}");
    assert_eq!(bucket.download(&key).await.unwrap(), "old");
    upload().upsert().await.unwrap();
    assert_eq!(bucket.download(&key).await.unwrap(), content(3 * PART));
    // Of two uploads of one key the second one to end is refused, and asked again only once.
    let key = format!("{folder}/b");
    let first = bucket.upload_resumable(&key, "one").begin().await.unwrap();
    let second = bucket.upload_resumable(&key, "two").begin().await.unwrap();
    first.execute().await.unwrap();
    assert!(refused(second.execute().await).already_exists());
    assert_eq!(bucket.download(&key).await.unwrap(), "one");
}

#[tokio::test]
async fn policies_limits_and_types_are_asked_at_the_start() {
    let (alice, folder) = own().await;
    let (bob, _) = own().await;
    let key = format!("{folder}/a");
    let error = refused(bob.upload_resumable(&key, "x").begin().await);
    assert!(error.is_denied(), "{error}");
    assert_eq!(
        (error.status(), error.code()),
        (403, None),
        "plain text with the true status"
    );
    let storage = alice.storage();
    let small = storage
        .bucket("small")
        .upload_resumable(&key, vec![0; 1001]);
    assert!(refused(small.begin().await).is_too_large());
    let texts = storage.bucket("texts").upload_resumable(&key, "x");
    assert!(refused(texts.content_type("image/png").begin().await).is_wrong_type());
    // The URL is a secret: it gives another user the offset, and no more.
    let upload = alice
        .upload_resumable(&key, "alice's")
        .begin()
        .await
        .unwrap();
    let url = UploadUrl::new(upload.url().expose_secret()).unwrap();
    let stolen = bob.resume(url.clone(), "bob's  ").begin().await.unwrap();
    assert!(refused(stolen.execute().await).is_denied());
    let stolen = bob.resume(url, "bob's  ").begin().await.unwrap();
    assert!(refused(stolen.cancel().await).is_denied());
    upload.execute().await.unwrap();
    assert_eq!(alice.download(&key).await.unwrap(), "alice's");
}

/// The server's address says `https` and may have another host. No token goes there.
#[tokio::test]
async fn the_address_of_an_upload_is_only_its_last_segment() {
    let (bucket, folder) = own().await;
    let upload = bucket
        .upload_resumable(format!("{folder}/a b"), "x")
        .begin()
        .await
        .unwrap();
    let kept = upload.url().expose_secret();
    assert!(kept.starts_with("/storage/v1/upload/resumable/"), "no host");
    let id = kept.rsplit('/').next().unwrap();
    assert!(!format!("{upload:?} {:?}", upload.url()).contains(id));
    upload.cancel().await.unwrap();
    let evil = format!("https://evil.test/storage/v1/upload/resumable/{id}?x=1");
    let url = UploadUrl::new(evil).unwrap();
    // It was cancelled, so our own server does not know it any more.
    let error = refused(bucket.resume(url.clone(), "x").begin().await);
    assert!(error.is_not_found(), "{error}");
    let other = bucket.storage().bucket("other");
    let error = other.resume(url, "x").begin().await.unwrap_err();
    assert_client_error!(error, ClientError::InvalidQuery { .. });
    for bad in [
        "",
        "https://x.test/",
        "/storage/v1/upload/resumable/%2e%2e",
        "b24vLi4vLi4",
    ] {
        assert!(UploadUrl::new(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_signed_upload_needs_no_policy() {
    let (alice, folder) = own().await;
    let bob = client().await;
    let key = format!("{folder}/a");
    let url = alice.signed_upload_url(&key, false).await.unwrap();
    let bobs = bob.storage().bucket("own");
    let upload = bobs
        .upload_resumable(&key, content(3 * PART))
        .part_bytes(PART);
    upload.signed(&url).await.unwrap();
    assert!(alice.download(&key).await.unwrap() == content(3 * PART));
    let other = bobs
        .upload_resumable(format!("{folder}/b"), "x")
        .signed(&url);
    refused(other.await);
}
