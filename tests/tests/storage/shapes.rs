//! The requests as they leave: paths, headers and bodies, on a server that records them.

use std::time::Duration;

use scoped_runtime::ScopedClient;
use scoped_runtime::storage::{FileSizeLimit, Resize, SortColumn, Transform};
use scoped_runtime::testing::Recorder;
use serde_json::{Value, json};

use crate::support::{line, recorder_with, stream};

/// A recorder with the user whose token every request has to carry.
struct Sent {
    recorder: Recorder,
    client: ScopedClient,
}

impl Sent {
    async fn new() -> Self {
        let (recorder, client) = recorder_with(json!([])).await;
        Self { recorder, client }
    }

    /// The call sends one request: this line, and this body as JSON. What it makes of `[]` does not matter.
    async fn by(&self, call: impl IntoFuture, wanted: &str, body: Value) {
        let _ = call.await;
        let request = self.recorder.only_request();
        self.recorder.take_requests();
        assert_eq!(line(&request), wanted);
        let (found, kind) = if request.body().is_empty() {
            (Value::Null, None)
        } else {
            (request.json(), Some("application/json"))
        };
        assert_eq!(found, body, "{wanted}");
        assert_eq!(request.header("content-type"), kind, "{wanted}");
        request.assert_user(self.client.user_id());
    }
}

#[tokio::test]
async fn each_call_that_reads_sends_its_request_with_the_users_token() {
    let sent = Sent::new().await;
    let bucket = sent.client.storage().bucket("b");
    let null = || Value::Null;
    let line = "GET /storage/v1/object/authenticated/b/d/k";
    sent.by(bucket.download("d/k"), line, null()).await;
    let transform = Transform::new().width(1).height(2).resize(Resize::Cover);
    let image = bucket
        .download("k")
        .transform(transform.quality(30).keep_format());
    let query = "width=1&height=2&quality=30&resize=cover&format=origin";
    let line = format!("GET /storage/v1/render/image/authenticated/b/k?{query}");
    sent.by(image, &line, null()).await;
    let line = "GET /storage/v1/object/info/authenticated/b/k";
    sent.by(bucket.info("k"), line, null()).await;
    sent.by(bucket.exists("k"), line, null()).await;

    let sort = |column, order| json!({ "column": column, "order": order });
    let line = "POST /storage/v1/object/list/b";
    let body = json!({ "prefix": "f", "limit": 100, "offset": 0, "sortBy": sort("name", "asc") });
    sent.by(bucket.list("f"), line, body).await;
    let list = bucket.list("").limit(5).offset(6).search("x");
    let list = list.sort_by(SortColumn::UpdatedAt).descending();
    let sorted = sort("updated_at", "desc");
    let body = json!({ "prefix": "", "limit": 5, "offset": 6, "search": "x", "sortBy": sorted });
    sent.by(list, line, body).await;
    let line = "POST /storage/v1/object/list-v2/b";
    let body = json!({ "prefix": "p", "with_delimiter": false });
    sent.by(bucket.list_v2("p").page(), line, body).await;
    let list = bucket.list_v2("").page_size(9999).cursor("c");
    let body = json!({
        "prefix": "", "limit": 1000, "cursor": "c", "with_delimiter": true, "sortBy": sort("name", "desc"),
    });
    sent.by(list.with_folders().descending().page(), line, body)
        .await;
}

#[tokio::test]
async fn each_call_that_writes_sends_its_request_with_the_users_token() {
    let sent = Sent::new().await;
    let bucket = sent.client.storage().bucket("b");
    let minute = Duration::from_mins(1);
    let body = json!({ "bucketId": "b", "sourceKey": "x", "destinationKey": "y" });
    let line = "POST /storage/v1/object/move";
    sent.by(bucket.move_to("x", "y"), line, body).await;
    let copy = bucket.copy("x", "y").to_bucket("c").cache_control(minute);
    let body = json!({
        "bucketId": "b", "sourceKey": "x", "destinationKey": "y", "destinationBucket": "c",
        "copyMetadata": false, "metadata": { "cacheControl": "max-age=60" },
    });
    sent.by(copy, "POST /storage/v1/object/copy", body).await;
    let body = json!({ "prefixes": ["x", "y"] });
    sent.by(
        bucket.remove(["x", "y"]),
        "DELETE /storage/v1/object/b",
        body,
    )
    .await;

    let url = bucket.signed_url("a;,:@&=+$ k", minute);
    let line = "POST /storage/v1/object/sign/b/a;,:@&=+$%20k";
    sent.by(url, line, json!({ "expiresIn": 60 })).await;
    let url = bucket
        .signed_url("k", minute)
        .transform(Transform::new().width(3));
    let body = json!({ "expiresIn": 60, "transform": { "width": 3 } });
    sent.by(url, "POST /storage/v1/object/sign/b/k", body).await;
    let urls = bucket.signed_urls(["x", "y"], minute);
    let body = json!({ "expiresIn": 60, "paths": ["x", "y"] });
    sent.by(urls, "POST /storage/v1/object/sign/b", body).await;
    let url = bucket.signed_upload_url("k", false);
    sent.by(url, "POST /storage/v1/object/upload/sign/b/k", json!({}))
        .await;
}

#[tokio::test]
async fn each_call_for_buckets_sends_its_request_with_the_users_token() {
    let sent = Sent::new().await;
    let storage = sent.client.storage();
    let null = || Value::Null;
    let list = storage.list_buckets().limit(1).offset(2).search("s");
    let list = list.sort_by(SortColumn::CreatedAt).descending();
    let query = "limit=1&offset=2&search=s&sortColumn=created_at&sortOrder=desc";
    sent.by(list, &format!("GET /storage/v1/bucket?{query}"), null())
        .await;
    let line = "GET /storage/v1/bucket/b";
    sent.by(storage.get_bucket("b"), line, null()).await;
    let create = storage.create_bucket("b").public(true);
    let body = json!({ "id": "b", "name": "b", "public": true, "file_size_limit": 9 });
    let create = create.file_size_limit(FileSizeLimit::Bytes(9));
    sent.by(create, "POST /storage/v1/bucket", body).await;
    let update = storage.update_bucket("b").allowed_mime_types(["a/*"]);
    let body = json!({ "allowed_mime_types": ["a/*"], "file_size_limit": null });
    let update = update.file_size_limit(FileSizeLimit::OfProject);
    sent.by(update, "PUT /storage/v1/bucket/b", body).await;
    let line = "POST /storage/v1/bucket/b/empty";
    sent.by(storage.empty_bucket("b"), line, json!({})).await;
    let line = "DELETE /storage/v1/bucket/b";
    sent.by(storage.delete_bucket("b"), line, null()).await;
}

#[tokio::test]
async fn an_upload_has_a_length_a_bare_type_and_a_life_in_caches() {
    let (recorder, client) = recorder_with(json!({ "Key": "b/k.txt", "Id": "1" })).await;
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
    let upload = bucket.upload("k.txt", stream(["four"]).length(4)).upsert();
    upload.metadata(json!({ "a": "ü" })).await.unwrap();
    let request = recorder.only_request();
    assert_eq!(request.header("content-length"), Some("4"));
    assert_eq!(request.header("x-upsert"), Some("true"));
    assert_eq!(request.header("x-metadata"), Some("eyJhIjoiw7wifQ=="));
    assert_eq!(request.text(), "four");
}
