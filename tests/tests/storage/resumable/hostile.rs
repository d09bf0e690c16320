//! Servers that contradict the protocol of resumable uploads.

use scoped_runtime::storage::{Body, UploadUrl};
use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{ClientError, ScopedClients};

use crate::support::{assert_client_error, assert_unexpected, base64_url, impatient, user};

/// An address of another object, an offset out of the part, and one that does not move.
#[tokio::test]
async fn a_resumable_upload_believes_nothing_that_contradicts_it() {
    let recorder = Recorder::start().await.unwrap();
    let (config, _mover) = impatient(recorder.config_builder());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(user()).unwrap();
    let bucket = client.storage().bucket("b");
    let created =
        |id: &str| Answer::new(201).header("location", &format!("https://x/{}", base64_url(id)));
    for location in [
        Answer::new(201),
        created("b/other/1"),
        created("c/k/1"),
        created("b/k"),
        created("b/k/"),
        Answer::new(201).header("location", "https://x/%2e%2e"),
        Answer::new(201).header("location", &format!("https://x/{}", "A".repeat(4000))),
    ] {
        recorder.answer(location);
        assert_unexpected(
            bucket.upload_resumable("k", "x").begin().await,
            "requested object",
        );
    }
    let path = format!("/storage/v1/upload/resumable/{}", base64_url("b/k/1"));
    recorder
        .at("/storage/v1/upload/resumable")
        .answer(created("b/k/1"));
    let parts = |answer: Answer| recorder.at(&path).method("PATCH").answer(answer);
    let states = |answer: Answer| recorder.at(&path).method("HEAD").answer(answer);
    let offset = |status: u16, offset: &str| Answer::new(status).header("upload-offset", offset);
    let upload = || bucket.upload_resumable("k", "0123456789");
    for bad in [
        Answer::new(204),
        offset(204, "11"),
        offset(204, "-1"),
        offset(204, "x"),
    ] {
        parts(bad);
        assert_unexpected(upload().await, "offset");
    }
    parts(offset(204, "0"));
    states(offset(200, "0").header("upload-length", "10"));
    assert_unexpected(upload().await, "none of it was taken");
    let sent = recorder
        .requests()
        .iter()
        .filter(|request| request.method() == "PATCH")
        .count();
    assert_eq!(sent, 4 + 6, "six attempts, and no more");
    parts(Answer::new(409).body("Upload-Offset conflict"));
    states(offset(200, "20"));
    assert_unexpected(upload().await, "bytes that were not sent");
    states(offset(200, "x"));
    assert_unexpected(upload().await, "no offset");
    states(offset(200, "7").header("upload-length", "5"));
    assert_unexpected(upload().await, "longer than its length");
    // An offset that is too small may be old: it is asked again, and believed when it stays, if the source can go back.
    let url = UploadUrl::new(&path).unwrap();
    states(offset(200, "5").header("upload-length", "10"));
    let resumed = bucket
        .resume(url.clone(), "0123456789")
        .begin()
        .await
        .unwrap();
    assert_eq!(resumed.offset(), 5);
    // Without a length at the server: the body has to reach at least to the offset.
    states(offset(200, "11"));
    let resumed_short = bucket.resume(url.clone(), "0123456789").begin().await;
    assert_client_error!(resumed_short.unwrap_err(), ClientError::InvalidQuery { .. });
    recorder.take_requests();
    recorder.at(&path).method("PATCH").answer_with(|request| {
        match request.header("upload-offset") {
            Some("5") => Answer::new(409).body("conflict"),
            Some("2") => Answer::new(204).header("upload-offset", "10"),
            _ => Answer::new(500),
        }
    });
    states(offset(200, "2").header("upload-length", "10"));
    resumed.execute().await.unwrap();
    let last = recorder.last_request();
    assert_eq!((last.method(), last.text()), ("PATCH", "23456789"));
    // A server that loses the same part each time.
    recorder.at(&path).method("PATCH").answer_with(|request| {
        match request.header("upload-offset") {
            Some("2") => Answer::new(204).header("upload-offset", "5"),
            _ => Answer::new(409).body("conflict"),
        }
    });
    let resumed = bucket.resume(url.clone(), "0123456789").part_bytes(3);
    assert_unexpected(resumed.await, "again and again");
    states(offset(200, "5").header("upload-length", "10"));
    let stream = Body::reader(std::io::Cursor::new(b"0123456789".to_vec()), 10);
    let resumed = bucket.resume(url, stream).begin().await.unwrap();
    states(offset(200, "2").header("upload-length", "10"));
    assert_unexpected(resumed.execute().await, "cannot repeat");
}
