//! The requests as they leave: paths, headers and bodies, on a server that records them.

use std::time::Duration;

use scoped_runtime::storage::{FileSizeLimit, Resize, SortColumn, Transform};
use scoped_runtime::testing::{Answer, Recorded, Recorder};
use scoped_runtime::{ClientError, Error, ScopedClient, ScopedClients, Upload};
use serde_json::{Value, json};

use crate::support::user;

async fn recorder(answer: Value) -> (Recorder, ScopedClient) {
    let recorder = Recorder::start().await.unwrap();
    recorder.answer(answer);
    let clients = ScopedClients::new(recorder.config()).unwrap();
    let client = clients.get(user()).unwrap();
    (recorder, client)
}

fn line(request: &Recorded) -> String {
    let query = request.query();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {}{mark}{query}", request.method(), request.path())
}

/// Every request, with the line and the body that it sends.
#[tokio::test]
async fn each_method_sends_its_request_with_the_users_token() {
    let (recorder, client) = recorder(json!([])).await;
    let storage = client.storage();
    let bucket = storage.bucket("b");
    let minute = Duration::from_mins(1);
    let sort = json!({ "column": "name", "order": "asc" });
    let mut expected: Vec<(&str, Value)> = Vec::new();
    let mut expect = |line, body| expected.push((line, body));

    let _ = bucket.download("d/k").await;
    expect("GET /storage/v1/object/authenticated/b/d/k", Value::Null);
    let transform = Transform::new()
        .width(1)
        .height(2)
        .resize(Resize::Cover)
        .quality(30)
        .keep_format();
    let _ = bucket.download("k").transform(transform).await;
    expect(
        "GET /storage/v1/render/image/authenticated/b/k?width=1&height=2&quality=30&resize=cover&format=origin",
        Value::Null,
    );
    let _ = bucket.info("k").await;
    expect("GET /storage/v1/object/info/authenticated/b/k", Value::Null);
    let _ = bucket.exists("k").await;
    expect("GET /storage/v1/object/info/authenticated/b/k", Value::Null);
    let _ = bucket.list("f").await;
    expect(
        "POST /storage/v1/object/list/b",
        json!({ "prefix": "f", "limit": 100, "offset": 0, "sortBy": sort }),
    );
    let _ = bucket
        .list("")
        .limit(5)
        .offset(6)
        .search("x")
        .sort_by(SortColumn::UpdatedAt)
        .descending()
        .await;
    let sort = json!({ "column": "updated_at", "order": "desc" });
    expect(
        "POST /storage/v1/object/list/b",
        json!({ "prefix": "", "limit": 5, "offset": 6, "search": "x", "sortBy": sort }),
    );
    let _ = bucket.list_v2("p").page().await;
    expect(
        "POST /storage/v1/object/list-v2/b",
        json!({ "prefix": "p", "with_delimiter": false }),
    );
    let _ = bucket
        .list_v2("")
        .page_size(9999)
        .cursor("c")
        .with_folders()
        .descending()
        .page()
        .await;
    let sort = json!({ "column": "name", "order": "desc" });
    expect(
        "POST /storage/v1/object/list-v2/b",
        json!({ "prefix": "", "limit": 1000, "cursor": "c", "with_delimiter": true, "sortBy": sort }),
    );
    let _ = bucket.move_to("x", "y").await;
    expect(
        "POST /storage/v1/object/move",
        json!({ "bucketId": "b", "sourceKey": "x", "destinationKey": "y" }),
    );
    let _ = bucket
        .copy("x", "y")
        .to_bucket("c")
        .cache_control(minute)
        .await;
    expect(
        "POST /storage/v1/object/copy",
        json!({
            "bucketId": "b", "sourceKey": "x", "destinationKey": "y", "destinationBucket": "c",
            "copyMetadata": false, "metadata": { "cacheControl": "max-age=60" },
        }),
    );
    let _ = bucket.remove(["x", "y"]).await;
    expect(
        "DELETE /storage/v1/object/b",
        json!({ "prefixes": ["x", "y"] }),
    );
    let _ = bucket.signed_url("a;,:@&=+$ k", minute).await;
    expect(
        "POST /storage/v1/object/sign/b/a;,:@&=+$%20k",
        json!({ "expiresIn": 60 }),
    );
    let _ = bucket
        .signed_url("k", minute)
        .transform(Transform::new().width(3))
        .await;
    expect(
        "POST /storage/v1/object/sign/b/k",
        json!({ "expiresIn": 60, "transform": { "width": 3 } }),
    );
    let _ = bucket.signed_urls(["x", "y"], minute).await;
    expect(
        "POST /storage/v1/object/sign/b",
        json!({ "expiresIn": 60, "paths": ["x", "y"] }),
    );
    let _ = bucket.signed_upload_url("k", false).await;
    expect("POST /storage/v1/object/upload/sign/b/k", json!({}));
    let _ = storage
        .list_buckets()
        .limit(1)
        .offset(2)
        .search("s")
        .sort_by(SortColumn::CreatedAt)
        .descending()
        .await;
    expect(
        "GET /storage/v1/bucket?limit=1&offset=2&search=s&sortColumn=created_at&sortOrder=desc",
        Value::Null,
    );
    let _ = storage.get_bucket("b").await;
    expect("GET /storage/v1/bucket/b", Value::Null);
    let _ = storage
        .create_bucket("b")
        .public(true)
        .file_size_limit(FileSizeLimit::Bytes(9))
        .await;
    expect(
        "POST /storage/v1/bucket",
        json!({ "id": "b", "name": "b", "public": true, "file_size_limit": 9 }),
    );
    let _ = storage
        .update_bucket("b")
        .allowed_mime_types(["a/*"])
        .file_size_limit(FileSizeLimit::OfProject)
        .await;
    expect(
        "PUT /storage/v1/bucket/b",
        json!({ "allowed_mime_types": ["a/*"], "file_size_limit": null }),
    );
    let _ = storage.empty_bucket("b").await;
    expect("POST /storage/v1/bucket/b/empty", json!({}));
    let _ = storage.delete_bucket("b").await;
    expect("DELETE /storage/v1/bucket/b", Value::Null);

    let requests = recorder.requests();
    assert_eq!(requests.len(), expected.len());
    for (request, (wanted, body)) in requests.iter().zip(&expected) {
        assert_eq!(line(request), *wanted);
        let found = if request.body().is_empty() {
            Value::Null
        } else {
            request.json()
        };
        assert_eq!(found, *body, "{wanted}");
        if request.body().is_empty() {
            assert_eq!(request.header("content-type"), None, "{wanted}");
        }
    }
    recorder.assert_all_as(client.user_id());
}

#[tokio::test]
async fn an_upload_has_a_length_a_bare_type_and_a_life_in_caches() {
    let (recorder, client) = recorder(json!({ "Key": "b/k.txt", "Id": "1" })).await;
    let bucket = client.storage().bucket("b");
    bucket.upload("k.txt", "text").await.unwrap();
    let request = recorder.only_request();
    assert_eq!(line(&request), "POST /storage/v1/object/b/k.txt");
    for (name, value) in [
        ("content-type", Some("text/plain")),
        ("content-length", Some("4")),
        ("cache-control", Some("max-age=3600")),
        ("x-upsert", None),
        ("x-metadata", None),
        ("transfer-encoding", None),
    ] {
        assert_eq!(request.header(name), value, "{name}");
    }
    recorder.take_requests();
    let parts = futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"four"))]);
    let upload = bucket
        .upload("k.txt", Upload::new(parts).length(4))
        .upsert();
    upload.metadata(json!({ "a": "ü" })).await.unwrap();
    let request = recorder.only_request();
    assert_eq!(request.header("content-length"), Some("4"));
    assert_eq!(request.header("x-upsert"), Some("true"));
    assert_eq!(request.header("x-metadata"), Some("eyJhIjoiw7wifQ=="));
    assert_eq!(request.text(), "four");
}

/// A gateway that folds or cuts the path would store another object.
#[tokio::test]
async fn an_upload_that_the_server_stored_elsewhere_is_an_error() {
    let (_recorder, client) = recorder(json!({ "Key": "b/a", "Id": "1" })).await;
    let error = client
        .storage()
        .bucket("b")
        .upload("a?b.txt", "x")
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::UnexpectedResponse { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn names_that_could_reach_another_object_are_refused_before_anything_is_sent() {
    let (recorder, client) = recorder(json!([])).await;
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

#[tokio::test]
async fn a_read_only_client_reads_lists_and_signs_and_writes_nothing() {
    let (recorder, client) = recorder(json!([])).await;
    let storage = client.read_only().storage();
    let bucket = storage.bucket("b");
    let minute = Duration::from_mins(1);
    for error in [
        bucket.upload("k", "x").await.unwrap_err(),
        bucket.remove(["k"]).await.unwrap_err(),
        bucket.move_to("k", "l").await.unwrap_err(),
        bucket.copy("k", "l").await.unwrap_err(),
        bucket.signed_upload_url("k", false).await.unwrap_err(),
        bucket.upload_resumable("k", "x").await.unwrap_err(),
        storage.create_bucket("b").await.unwrap_err(),
        storage.update_bucket("b").public(true).await.unwrap_err(),
        storage.empty_bucket("b").await.unwrap_err(),
        storage.delete_bucket("b").await.unwrap_err(),
    ] {
        assert!(
            matches!(error, Error::Client(ClientError::ReadOnly { .. })),
            "{error}"
        );
    }
    recorder.assert_no_requests();
    bucket.download("k").await.unwrap();
    bucket.list("").await.unwrap();
    storage.list_buckets().await.unwrap();
    let _ = bucket.list_v2("").page().await;
    let _ = bucket.signed_url("k", minute).await;
    let _ = bucket.signed_urls(["k"], minute).await;
    assert_eq!(recorder.requests().len(), 6);
}

#[tokio::test]
async fn an_anonymous_client_sends_no_token() {
    let recorder = Recorder::start().await.unwrap();
    let clients = ScopedClients::new(recorder.config()).unwrap();
    let bucket = clients.anonymous().unwrap().storage().bucket("b");
    bucket.list("").await.unwrap();
    recorder.only_request().assert_anonymous();
}

#[tokio::test]
async fn a_closed_client_sends_nothing_and_ends_a_running_download() {
    let (recorder, client) = recorder(json!([])).await;
    let bucket = client.storage().bucket("b");
    let gate = scoped_runtime::testing::Gate::new();
    recorder.answer(
        Answer::new(200)
            .chunks(["begin"])
            .hold(&gate)
            .chunks(["end"]),
    );
    let mut download = bucket.download("k").stream().await.unwrap();
    assert_eq!(download.next_part().await.unwrap().unwrap(), "begin");
    client.close();
    let error = download.next_part().await.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
    recorder.take_requests();
    let error = bucket.download("k").await.unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
    recorder.assert_no_requests();
}
