//! Clients with restrictions: read-only, anonymous and closed ones.

use std::time::Duration;

use scoped_runtime::testing::{Answer, Gate, Recorder};
use scoped_runtime::{ClientError, ScopedClients};
use serde_json::json;

use crate::support::{assert_client_error, recorder_with};

#[tokio::test]
async fn a_read_only_client_reads_lists_and_signs_and_writes_nothing() {
    let (recorder, client) = recorder_with(json!([])).await;
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
        assert_client_error!(error, ClientError::ReadOnly { .. });
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
    let (recorder, client) = recorder_with(json!([])).await;
    let bucket = client.storage().bucket("b");
    let gate = Gate::new();
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
    assert_client_error!(error, ClientError::Closed);
    recorder.take_requests();
    let error = bucket.download("k").await.unwrap_err();
    assert_client_error!(error, ClientError::Closed);
    recorder.assert_no_requests();
}
