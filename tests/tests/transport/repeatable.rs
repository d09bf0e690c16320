//! A write of which a byte was sent is sent again only if it is repeatable.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use scoped_runtime::{Error, Upload, blocking};
use serde_json::json;

use crate::retries::in_order;
use crate::support::{ALICE, EMPTY, config, project};

const BUSY: Option<&str> = Some("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n");
/// A connection reset, and a response with the status 503.
const FAILURES: [&[Option<&str>]; 2] = [&[None, Some(EMPTY)], &[BUSY, Some(EMPTY)]];

#[tokio::test]
async fn a_query_is() {
    for failure in FAILURES {
        let (server, count) = in_order(failure).await;
        let alice = project(config(&server.http())).get(ALICE).unwrap();
        let write = alice.from("notes").upsert(json!({ "id": 1 }));
        write.clone().execute().await.unwrap_err();
        assert_eq!(
            count.load(Ordering::SeqCst),
            1,
            "the request is not repeatable"
        );

        let (server, count) = in_order(failure).await;
        let alice = project(config(&server.http())).get(ALICE).unwrap();
        let write = alice.from("notes").upsert(json!({ "id": 1 }));
        write.repeatable().execute().await.unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
        let call = alice.rpc("add", json!({ "a": 1 })).repeatable();
        let _: Vec<i32> = call.fetch().await.unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 3, "nothing failed");
    }
}

#[tokio::test]
async fn a_request_to_a_service_is_sent_again_only_if_it_is_repeatable() {
    for failure in FAILURES {
        let (server, count) = in_order(failure).await;
        let alice = project(config(&server.http())).get(ALICE).unwrap();
        let put = || alice.request("PUT", "storage/v1/object/b/f").body("x");
        put().execute().await.unwrap_err();
        assert_eq!(
            count.load(Ordering::SeqCst),
            1,
            "the request is not repeatable"
        );

        let (server, count) = in_order(failure).await;
        let alice = project(config(&server.http())).get(ALICE).unwrap();
        let put = || alice.request("PUT", "storage/v1/object/b/f").body("x");
        drop(put().repeatable().stream().await.unwrap());
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn an_upload_is_never_sent_again() {
    let (server, count) = in_order(FAILURES[1]).await;
    let alice = project(config(&server.http())).get(ALICE).unwrap();
    let put = alice.request("PUT", "storage/v1/object/b/f").repeatable();
    let part = futures_util::stream::iter([Ok(Bytes::from_static(b"x"))]);
    let error = put.upload(Upload::new(part).length(1)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(api) if api.status() == 503),
        "{error}"
    );
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn blocking_writes_are_sent_again_only_if_they_are_repeatable() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for failure in FAILURES {
        let (server, count) = runtime.block_on(in_order(failure));
        let clients = blocking::ScopedClients::from(project(config(&server.http())));
        let alice = clients.get(ALICE).unwrap();
        let write = alice.from("notes").upsert(json!({ "id": 1 }));
        write.execute().unwrap_err();
        assert_eq!(
            count.load(Ordering::SeqCst),
            1,
            "the request is not repeatable"
        );

        let (server, count) = runtime.block_on(in_order(failure));
        let clients = blocking::ScopedClients::from(project(config(&server.http())));
        let alice = clients.get(ALICE).unwrap();
        let write = alice.from("notes").upsert(json!({ "id": 1 }));
        write.repeatable().execute().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);

        let (server, count) = runtime.block_on(in_order(failure));
        let clients = blocking::ScopedClients::from(project(config(&server.http())));
        let alice = clients.get(ALICE).unwrap();
        let put = alice.request("PUT", "storage/v1/object/b/f").body("x");
        put.repeatable().execute().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
