//! Servers whose answers no Storage gives: each is an error, within limits.

use std::time::Duration;

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{ClientError, Error, Limits, ScopedClients};
use serde_json::{Value, json};

use crate::support::{assert_client_error, assert_unexpected, recorder, user};

fn ok(body: &Value) -> Answer {
    Answer::new(200).json(body)
}

#[tokio::test]
async fn a_listing_with_a_name_that_leads_elsewhere_is_an_error() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    for name in [
        "../../etc/passwd",
        "a/../../b",
        "..",
        "/etc",
        "\\etc",
        "\\\\host\\share",
        "a\\..\\b",
        "a\nb",
        "a\0",
    ] {
        recorder.answer(ok(
            &json!([{ "name": "fine", "id": "1" }, { "name": name, "id": "2" }]),
        ));
        assert_unexpected(bucket.list("").await, "leads elsewhere");
        for member in ["objects", "folders"] {
            let mut page = json!({ "hasNext": false, "objects": [], "folders": [] });
            page[member] = json!([{ "name": name, "id": "2" }]);
            recorder.answer(ok(&page));
            assert_unexpected(bucket.list_v2("").page().await, "leads elsewhere");
        }
    }
}

#[tokio::test]
async fn a_listing_that_leads_nowhere_or_to_itself_ends() {
    let (recorder, client) = recorder().await;
    let request = || client.storage().bucket("b").list_v2("");
    let page = |cursor: Option<&str>| json!({ "hasNext": true, "nextCursor": cursor, "objects": [{ "name": "a", "id": "1" }] });
    recorder.answer(ok(&page(None)));
    assert_unexpected(request().page().await, "no way to it");
    recorder.answer(ok(&page(Some("same"))));
    let mut pages = request().pages();
    pages.next().await.unwrap().unwrap();
    assert_unexpected(pages.next().await.unwrap(), "no way to it");
    assert!(pages.next().await.is_none(), "an error ends the pages");
    recorder.answer(ok(
        &json!({ "hasNext": true, "nextCursor": "c", "objects": [] }),
    ));
    assert_unexpected(request().page().await, "no object");
}

#[tokio::test]
async fn a_listing_that_goes_in_a_circle_ends() {
    let (recorder, client) = recorder().await;
    for length in 2..7_usize {
        let mut pages = client.storage().bucket("b").list_v2("").pages();
        let mut read = 0;
        let error = loop {
            let cursor = format!("cursor {}", read % length);
            let objects = [json!({ "name": "a", "id": "1" })];
            let page = json!({ "hasNext": true, "nextCursor": cursor, "objects": objects });
            recorder.answer(ok(&page));
            match pages.next().await.unwrap() {
                Ok(_) => read += 1,
                Err(error) => break error,
            }
            assert!(read < 4 * length, "{read} pages of a circle of {length}");
        };
        assert_unexpected(Err::<(), _>(error), "an earlier page");
        assert!(pages.next().await.is_none(), "an error ends the pages");
    }
}

#[tokio::test]
async fn an_endless_answer_is_read_up_to_the_limit() {
    let recorder = Recorder::start().await.unwrap();
    let limits = Limits::new().response_bytes(1 << 20);
    let config = recorder.config_builder().limits(limits).build().unwrap();
    let client = ScopedClients::new(config).unwrap().get(user()).unwrap();
    let bucket = client.storage().bucket("b");
    let endless = || Answer::new(200).chunks(vec!["x".repeat(64 << 10); 64]);
    recorder.answer(endless());
    for error in [
        bucket.download("k").await.unwrap_err(),
        bucket.list("").await.unwrap_err(),
        bucket.info("k").await.unwrap_err(),
        bucket.upload("k", "x").await.unwrap_err(),
    ] {
        assert_client_error!(error, ClientError::LimitExceeded { .. });
    }
    recorder.answer(Answer::new(400).chunks(vec!["x".repeat(64 << 10); 64]));
    let error = bucket.download("k").await.unwrap_err();
    assert_client_error!(error, ClientError::LimitExceeded { .. });
    // A streamed download has no limit of its own, and keeps nothing.
    recorder.answer(endless());
    let mut sink = tokio::io::sink();
    let written = bucket
        .download("k")
        .stream()
        .await
        .unwrap()
        .write_to(&mut sink)
        .await;
    assert_eq!(written.unwrap(), 4 << 20);
}

#[tokio::test]
async fn a_body_that_ends_early_is_an_error_and_never_a_short_object() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    recorder.answer(Answer::new(200).chunks(["half of it"]).cut());
    let mut download = bucket.download("k").stream().await.unwrap();
    download.next_part().await.unwrap().unwrap();
    let error = download.next_part().await.unwrap().unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(download.next_part().await.is_none());
    let written = bucket
        .download("k")
        .stream()
        .await
        .unwrap()
        .write_to(&mut tokio::io::sink())
        .await;
    written.unwrap_err();
}

#[tokio::test]
async fn redirects_are_never_followed() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    recorder.answer(Answer::new(302).header("location", "https://evil.test/x"));
    for error in [
        bucket.download("k").await.unwrap_err(),
        bucket.upload("k", "x").await.unwrap_err(),
        bucket.upload_resumable("k", "x").await.unwrap_err(),
    ] {
        assert_client_error!(error, ClientError::Redirect { .. });
    }
    assert_eq!(recorder.requests().len(), 3);
}

#[tokio::test]
async fn answers_of_another_type_are_errors() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    let deep = "[".repeat(100_000);
    for answer in [
        Answer::new(200)
            .header("content-type", "text/html")
            .body("<html>sign in</html>"),
        Answer::new(200).body(deep),
        ok(&json!("text")),
        ok(&json!({ "Key": 7 })),
        Answer::new(200).body(vec![0xff, 0xfe]),
        Answer::new(204),
    ] {
        recorder.answer(answer);
        for error in [
            bucket.upload("k", "x").await.unwrap_err(),
            bucket.list_v2("").page().await.unwrap_err(),
            bucket.signed_upload_url("k", false).await.unwrap_err(),
        ] {
            let is_it = matches!(
                error,
                Error::Client(ClientError::Decode { .. } | ClientError::UnexpectedResponse { .. })
            );
            assert!(is_it, "{error}");
        }
    }
}

#[tokio::test]
async fn a_range_that_is_not_the_wanted_one_is_an_error() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    let part = |range: &str| Answer::new(206).header("content-range", range).body("xx");
    for answer in [
        Answer::new(200).body("the whole object"),
        part("bytes 0-1/9"),
        part("bytes 3-9/10"),
        part("bytes x"),
        part("bytes 4-3/9"),
        Answer::new(206).body("xx"),
        Answer::new(200).header("content-range", "bytes 3-4/9"),
        part("bytes 3-4/9").body("x"),
    ] {
        recorder.answer(answer);
        assert_unexpected(bucket.download("k").range(3..5).await, "range");
        assert_unexpected(bucket.download("k").range(3..5).stream().await, "range");
    }
    recorder.answer(part("bytes 3-4/*"));
    bucket.download("k").range(3..5).await.unwrap();
    recorder.answer(part("bytes 7-8/9"));
    bucket.download("k").last(2).await.unwrap();
    assert_unexpected(bucket.download("k").last(3).await, "range");
}

/// What is signed must be what was asked for, and a token no more than a token.
#[tokio::test]
async fn signed_urls_of_other_objects_are_refused() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    let minute = Duration::from_mins(1);
    for url in [
        json!("/object/sign/b/k"),
        json!("/object/sign/b/k?token="),
        json!("/object/sign/b/k?token=a#b"),
        json!("/object/sign/b/k?token=a b"),
        json!("/object/sign/b/k?token=a%26download"),
        Value::Null,
    ] {
        recorder.answer(ok(&json!({ "signedURL": url })));
        assert_unexpected(bucket.signed_url("k", minute).await, "token");
        recorder.answer(ok(&json!({ "url": url, "token": null })));
        let error = bucket.signed_upload_url("k", false).await.unwrap_err();
        assert!(matches!(error, Error::Client(_)), "{error}");
    }
    // The URL is built here: where the server's leads does not matter.
    recorder.answer(ok(
        &json!({ "signedURL": "https://evil.test/x?token=a.b.c&x=y" }),
    ));
    let url = bucket.signed_url("k", minute).await.unwrap();
    assert_eq!(
        url.expose_secret(),
        format!("{}/storage/v1/object/sign/b/k?token=a.b.c", recorder.url())
    );
    let signed = |path: &str| json!({ "path": path, "signedURL": "/x?token=a.b.c", "error": null });
    for answer in [
        json!([signed("x")]),
        json!([signed("y"), signed("x")]),
        json!([signed("x"), signed("y"), signed("z")]),
    ] {
        recorder.answer(ok(&answer));
        assert_unexpected(
            bucket.signed_urls(["x", "y"], minute).await,
            "requested objects",
        );
    }
}
