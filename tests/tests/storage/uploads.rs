//! Uploads: what arrives of each kind of body, what is stored with it, and what is refused.

use std::time::Duration;

use scoped_runtime::storage::Body;
use scoped_runtime::{ClientError, Error};
use serde_json::json;

use crate::support::{assert_client_error, client, own, refused, stream};

#[tokio::test]
async fn bytes_files_readers_and_streams_arrive_as_they_were() {
    let (bucket, folder) = own().await;
    let file = std::env::temp_dir().join(format!("scoped-storage-{}.png", std::process::id()));
    std::fs::write(&file, b"\x89PNG\r\n\x1a\nrest").unwrap();
    let reader = std::io::Cursor::new(b"a reader".to_vec());
    for (name, body, content, kind) in [
        ("a.txt", Body::from("text"), &b"text"[..], "text/plain"),
        (
            "b.json",
            Body::from(b"{}".to_vec()),
            b"{}",
            "application/json",
        ),
        ("c", Body::from("GIF89a...."), b"GIF89a....", "image/gif"),
        (
            "d",
            Body::file(&file),
            b"\x89PNG\r\n\x1a\nrest",
            "image/png",
        ),
        ("e.css", Body::reader(reader, 8), b"a reader", "text/css"),
        (
            "f",
            stream(["a ", "stream"]).length(8).into(),
            b"a stream",
            "application/octet-stream",
        ),
        (
            "g",
            stream(["un", "known"]).into(),
            b"unknown",
            "application/octet-stream",
        ),
        ("h", Body::from(""), b"", "application/octet-stream"),
    ] {
        let key = format!("{folder}/{name}");
        let uploaded = bucket.upload(&key, body).await.unwrap();
        assert_eq!(uploaded.path, format!("own/{key}"));
        assert!(uploaded.id.is_some());
        assert_eq!(&bucket.download(&key).await.unwrap()[..], content, "{name}");
        let info = bucket.info(&key).await.unwrap();
        assert_eq!(info.content_type.as_deref(), Some(kind), "{name}");
        assert_eq!(info.size, Some(content.len() as u64));
        assert_eq!(info.cache_control.as_deref(), Some("max-age=3600"));
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_file_that_is_missing_is_an_error_before_anything_is_sent() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/x");
    let error = bucket
        .upload(&key, Body::file("/nonexistent/x"))
        .await
        .unwrap_err();
    assert_client_error!(error, ClientError::Upload { .. });
    assert!(!bucket.exists(&key).await.unwrap());
}

#[tokio::test]
async fn an_existing_object_is_replaced_only_on_request() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a.txt");
    let first = bucket.upload(&key, "one").await.unwrap();
    let error = refused(bucket.upload(&key, "two").await);
    assert!(error.already_exists() && !error.is_denied());
    assert_eq!((error.status(), error.http_status()), (409, 400));
    assert_eq!(error.code(), Some("KeyAlreadyExists"));
    let second = bucket.upload(&key, "three").upsert().await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(bucket.download(&key).await.unwrap(), "three");
}

#[tokio::test]
async fn type_cache_control_and_metadata_are_stored() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a.bin");
    let metadata = json!({ "camera": "x100", "tags": ["ü", 1] });
    bucket
        .upload(&key, "…")
        .content_type("image/x-raw")
        .cache_control(Duration::from_secs(7))
        .metadata(&metadata)
        .await
        .unwrap();
    let info = bucket.info(&key).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("image/x-raw"));
    assert_eq!(info.cache_control.as_deref(), Some("max-age=7"));
    assert_eq!(Some(&info.metadata.unwrap()), metadata.as_object());
    let download = bucket.download(&key).stream().await.unwrap();
    assert_eq!(download.content_type(), Some("image/x-raw"));
    assert_eq!(download.cache_control(), Some("max-age=7"));
    assert_eq!(download.length(), Some(3));
    assert!(download.last_modified().is_some());
}

/// A list and a text would be dropped or refused by the server.
#[tokio::test]
async fn options_that_storage_would_drop_are_errors() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a");
    let upload = || bucket.upload(&key, "x");
    for (request, word) in [
        (upload().metadata(json!([1])), "metadata"),
        (upload().metadata("text"), "metadata"),
        (
            upload().metadata(json!({ "a": "x".repeat(7000) })),
            "metadata",
        ),
        (upload().content_type("image"), "content type"),
        (
            upload().content_type("image/png\r\nx-upsert: true"),
            "content type",
        ),
    ] {
        let error = request.await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert!(matches!(error, Error::Client(_)));
    }
    assert!(!bucket.exists(&key).await.unwrap());
}

#[tokio::test]
async fn limits_and_types_of_a_bucket_hold_for_uploads_and_not_for_copies() {
    let client = client().await;
    let storage = client.storage();
    let (small, texts) = (storage.bucket("small"), storage.bucket("texts"));
    let folder = client.user_id().to_string();
    let key = format!("{folder}/a.txt");
    let error = refused(small.upload(&key, vec![b'x'; 1001]).await);
    assert!(error.is_too_large() && error.code() == Some("EntityTooLarge"));
    let error = refused(texts.upload(&key, "x").content_type("image/png").await);
    assert!(error.is_wrong_type() && error.code() == Some("InvalidMimeType"));
    // The type by the name is sent without parameters, which the bucket would not match.
    texts.upload(&key, "x").await.unwrap();
    let error = refused(
        texts
            .upload(format!("{folder}/b.txt"), "x")
            .content_type("text/plain;charset=UTF-8")
            .await,
    );
    assert!(error.is_wrong_type());
    // What the documentation warns of: a stream without a length, and a copy.
    small.upload(&key, stream(["x"; 1001])).await.unwrap();
    storage
        .bucket("shared")
        .upload(&key, vec![b'x'; 2000])
        .await
        .unwrap();
    let copy = storage
        .bucket("shared")
        .copy(&key, format!("{folder}/copy"));
    copy.to_bucket("small").await.unwrap();
}

/// The refusal comes before the body is read; without reading it, only a broken pipe would be seen.
#[tokio::test]
async fn a_refusal_is_read_while_the_body_is_still_sent() {
    let (bucket, _) = own().await;
    let part = bytes::Bytes::from(vec![0; 1 << 20]);
    for length in [None, Some(64 << 20)] {
        let mut upload = stream(std::iter::repeat_n(part.clone(), 64));
        if let Some(bytes) = length {
            upload = upload.length(bytes);
        }
        let error = refused(bucket.upload("another/x", upload).await);
        assert!(error.is_denied(), "{error}");
    }
    let error = refused(bucket.upload("another/x", vec![0; 64 << 20]).await);
    assert!(error.is_denied(), "{error}");
}
