//! The token of each request: whose it is, and that it is live.

use std::sync::Arc;
use std::time::Duration;

use scoped_runtime::ScopedClients;
use scoped_runtime::testing::{Answer, Gate, ManualClock, Recorder};
use serde_json::json;

use crate::support::{Stand, user};

/// Must show 1 of the issue: a slow download that began with a live token ends well, and the next call has a new one.
#[tokio::test]
async fn a_download_may_outlive_its_token() {
    let recorder = Recorder::start().await.unwrap();
    let clock = ManualClock::real();
    let config = recorder.config_builder().clock(clock.clone());
    let config = config
        .body_idle_timeout(Duration::from_hours(3))
        .build()
        .unwrap();
    let alice = ScopedClients::new(config).unwrap().get(user()).unwrap();
    let bucket = alice.storage().bucket("b");
    let gates = [Gate::new(), Gate::new()];
    let slow = Answer::new(200)
        .chunks(["one "])
        .hold(&gates[0])
        .chunks(["two "])
        .hold(&gates[1]);
    recorder.answer(slow.chunks(["three"]));
    let mut download = bucket.download("k").stream().await.unwrap();
    let mut text = Vec::new();
    for gate in [None, Some(&gates[0]), Some(&gates[1])] {
        if let Some(gate) = gate {
            clock.pass(Duration::from_hours(1));
            gate.open();
        }
        text.extend(download.next_part().await.unwrap().unwrap());
    }
    assert!(download.next_part().await.is_none());
    assert_eq!(text, b"one two three");
    recorder.answer(json!([]));
    bucket.list("").await.unwrap();
    let requests = recorder.requests();
    let exp = |at: usize| requests[at].claims().unwrap()["exp"].as_u64().unwrap();
    assert_eq!(requests.len(), 2);
    assert!(exp(1) >= exp(0) + 7200, "the next call has a new token");
}

/// An upload is checked once, at its start: it ends well on the server, too.
#[tokio::test]
async fn an_upload_may_outlive_its_token() {
    let stand = Arc::new(Stand::start().await);
    let alice = stand.clients.get(user()).unwrap();
    let bucket = alice.storage().bucket("own");
    let key = format!("{}/a", alice.user_id());
    let moved = Arc::clone(&stand);
    let parts = futures_util::stream::unfold(0, move |at| {
        let stand = Arc::clone(&moved);
        async move {
            if at == 1 {
                stand.server_ahead(4000).await;
            }
            (at < 2).then(|| (Ok(bytes::Bytes::from_static(b"half")), at + 1))
        }
    });
    let upload = scoped_runtime::Upload::new(parts).length(8);
    bucket.upload(&key, upload).await.unwrap();
    stand.server_ahead(0).await;
    assert_eq!(bucket.download(&key).await.unwrap(), "halfhalf");
}

/// A thousand requests of fifty users, at once: each carries the token of its own user.
#[tokio::test]
async fn no_request_carries_the_token_of_another_user() {
    let stand = Stand::start().await;
    let users: Vec<_> = (0..50)
        .map(|_| stand.clients.get(user()).unwrap())
        .collect();
    let work = users.iter().map(async |client| {
        let bucket = client.storage().bucket("own");
        let key = format!("{}/a", client.user_id());
        bucket.upload(&key, key.clone()).await.unwrap();
        for _ in 0..9 {
            assert_eq!(bucket.download(&key).await.unwrap(), key);
            let objects = bucket.list_v2("").page().await.unwrap().objects;
            assert_eq!(
                objects
                    .iter()
                    .map(|object| &*object.name)
                    .collect::<Vec<_>>(),
                [&*key]
            );
        }
    });
    futures_util::future::join_all(work).await;
    let log = stand.log().await;
    assert_eq!(log.len(), 50 * 19);
    for entry in log {
        let path = entry["path"].as_str().unwrap();
        if path.contains("/own/") {
            assert!(path.contains(entry["user"].as_str().unwrap()), "{entry}");
        }
    }
}

/// Neither the address of an upload nor the token of a URL is in what is logged or shown.
#[tokio::test]
async fn secrets_of_urls_are_in_no_log() {
    let lines = scoped_tests::Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    // Of the whole process: one of a thread can miss what other threads made known first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let client = crate::support::client().await;
    let bucket = client.storage().bucket("own");
    let key = format!("{}/a", client.user_id());
    let upload = bucket
        .upload_resumable(&key, "x")
        .upsert()
        .begin()
        .await
        .unwrap();
    let url = upload.url().expose_secret();
    upload.execute().await.unwrap();
    let signed = bucket
        .signed_url(&key, Duration::from_mins(1))
        .await
        .unwrap();
    let to = bucket.signed_upload_url(&key, true).await.unwrap();
    let download = client.storage().download_signed(signed.expose_secret());
    let put = client.storage().upload_signed(to.expose_secret(), "y");
    let shown = format!("{signed:?} {to:?} {download:?} {put:?}");
    download.await.unwrap();
    put.await.unwrap();
    let log = lines.text();
    assert!(
        log.contains("storage/v1/upload/resumable"),
        "the requests were logged: {log}"
    );
    let id = url.rsplit('/').next().unwrap();
    for secret in [
        id,
        to.expose_token(),
        signed.expose_secret().split("token=").nth(1).unwrap(),
    ] {
        assert!(!log.contains(secret) && !shown.contains(secret));
    }
}
