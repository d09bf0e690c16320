//! The names of buckets and keys: none of them leads to another object.

use std::time::Duration;

use scoped_runtime::{ClientError, Error};
use serde_json::json;

use crate::support::{assert_client_error, client, recorder_with};

#[tokio::test]
async fn names_that_could_reach_another_object_are_refused_before_anything_is_sent() {
    let (recorder, client) = recorder_with(json!([])).await;
    let storage = client.storage();
    let bucket = storage.bucket("b");
    let long = "x".repeat(256);
    let deep = "abcdefgh/".repeat(120) + "x";
    for key in [
        "",
        ".",
        "..",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "a/./b",
        "a/..",
        "ä",
        "a#b",
        "a%2e%2e/b",
        "a~b",
        "a\\b",
        "a\"b",
        "a<b",
        "a[b",
        "a{b",
        "a^b",
        "a`b",
        "a\nb",
        "a\0b",
        "a|b",
        &*long,
        &*deep,
    ] {
        let minute = Duration::from_mins(1);
        for error in [
            bucket.upload(key, "x").await.unwrap_err(),
            bucket.download(key).await.unwrap_err(),
            bucket.info(key).await.unwrap_err(),
            bucket.exists(key).await.unwrap_err(),
            bucket.remove(["fine", key]).await.unwrap_err(),
            bucket.move_to(key, "fine").await.unwrap_err(),
            bucket.copy("fine", key).await.unwrap_err(),
            bucket.signed_url(key, minute).await.unwrap_err(),
            bucket.signed_urls(["fine", key], minute).await.unwrap_err(),
            bucket.signed_upload_url(key, true).await.unwrap_err(),
            bucket.upload_resumable(key, "x").await.unwrap_err(),
            bucket.public_url(key).build().unwrap_err().into(),
        ] {
            assert_eq!(error.public().status(), 400, "{key:?}");
            let is_key = matches!(
                error,
                Error::Client(ClientError::InvalidName { kind: "key", .. })
            );
            assert!(is_key, "{key:?}: {error}");
        }
    }
    for name in ["", ".", "..", "a/b", "ä", "a%b", &*"x".repeat(101)] {
        let bucket = storage.bucket(name);
        for error in [
            bucket.upload("k", "x").await.unwrap_err(),
            bucket.download("k").await.unwrap_err(),
            bucket.list("").await.unwrap_err(),
            bucket.list_v2("").page().await.unwrap_err(),
            bucket.remove(["k"]).await.unwrap_err(),
            bucket.copy("k", "l").await.unwrap_err(),
            bucket.upload_resumable("k", "x").await.unwrap_err(),
            storage
                .bucket("b")
                .move_to("k", "l")
                .to_bucket(name)
                .await
                .unwrap_err(),
            storage.get_bucket(name).await.unwrap_err(),
            storage.create_bucket(name).await.unwrap_err(),
            storage.delete_bucket(name).await.unwrap_err(),
        ] {
            let is_bucket = matches!(
                error,
                Error::Client(ClientError::InvalidName { kind: "bucket", .. })
            );
            assert!(is_bucket, "{name:?}: {error}");
        }
    }
    recorder.assert_no_requests();
}

/// A gateway that folds or cuts the path would store another object.
#[tokio::test]
async fn an_upload_that_the_server_stored_elsewhere_is_an_error() {
    let (_recorder, client) = recorder_with(json!({ "Key": "b/a", "Id": "1" })).await;
    let error = client
        .storage()
        .bucket("b")
        .upload("a?b.txt", "x")
        .await
        .unwrap_err();
    assert_client_error!(error, ClientError::UnexpectedResponse { .. });
}

/// The plain path of these buckets is another route.
#[tokio::test]
async fn buckets_with_the_name_of_a_route_are_read_and_never_another_one() {
    let client = client().await;
    let folder = client.user_id().to_string();
    for name in ["info", "authenticated", "public"] {
        let bucket = client.storage().bucket(name);
        let key = format!("{folder}/x");
        bucket.upload(&key, name).await.unwrap();
        assert_eq!(bucket.download(&key).await.unwrap(), name);
        assert_eq!(
            bucket.info(&key).await.unwrap().bucket_id.as_deref(),
            Some(name)
        );
    }
    for name in ["sign", "list", "list-v2", "upload"] {
        let error = client
            .storage()
            .bucket(name)
            .upload("a", "x")
            .await
            .unwrap_err();
        let is_name = matches!(
            error,
            Error::Client(ClientError::InvalidName { kind: "bucket", .. })
        );
        assert!(is_name, "{error}");
    }
}
