//! What logs and metrics say of a call, and what they do not.

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use scoped_runtime::metrics::POSTGRES_DURATION;
use scoped_runtime::{ClientError, Error};
use scoped_tests::Listener;
use tracing::Level;

use crate::support::{ALICE, World};

/// At the most talkative level, of every crate: the driver logs parameters that it can see.
#[tokio::test]
async fn no_log_has_a_parameter_a_claim_or_a_password() {
    let _ = tracing_log::LogTracer::init();
    let listener = Listener::start(Level::TRACE);

    let world = World::new().await;
    let client = world.clients.user(ALICE).claim("plan", "SECRET-CLAIM");
    let alice = client.postgres().unwrap();
    let sql = "select body from notes where body = $1";
    alice.query(sql, &[&"SECRET-PARAMETER"]).await.unwrap();
    alice
        .transaction(async |tx| tx.query(sql, &[&"SECRET-PARAMETER"]).await)
        .await
        .unwrap();
    let error = alice.query("select secret from vault", &[]).await;
    assert!(error.is_err());
    let text = listener.text();
    assert!(text.contains("executing statement"), "the driver was heard");
    for said in ["postgres{", "db.operation.name=\"transaction\"", "42501"] {
        assert!(text.contains(said), "{said}");
    }
    let password = String::from_utf8(world.address().get_password().unwrap().to_vec()).unwrap();
    for secret in ["SECRET-CLAIM", "SECRET-PARAMETER", password.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

/// The calls that were counted, with their labels.
fn counted(snapshotter: &Snapshotter) -> Vec<(String, usize)> {
    let snapshot = snapshotter.snapshot().into_vec().into_iter();
    let mut calls: Vec<_> = snapshot
        .filter(|(key, ..)| key.key().name() == POSTGRES_DURATION)
        .map(|(key, _, _, value)| {
            let labels: Vec<_> = key
                .key()
                .labels()
                .map(|label| label.value().to_owned())
                .collect();
            let DebugValue::Histogram(values) = value else {
                panic!("{value:?}")
            };
            (labels.join(" "), values.len())
        })
        .collect();
    calls.sort();
    calls
}

#[tokio::test]
async fn each_call_is_measured_with_its_outcome() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let world = World::new().await;
    let client = world.alice();
    let alice = client.postgres();
    alice.query("select", &[]).await.unwrap();
    alice.query("selec", &[]).await.unwrap_err();
    let ok = alice.transaction(async |tx| tx.query("select", &[]).await);
    ok.await.unwrap();
    let failing = alice.transaction(async |_| Err::<(), Error>(ClientError::Closed.into()));
    failing.await.unwrap_err();
    let mut dropped = Box::pin(alice.query("select", &[]));
    assert!(futures_util::poll!(&mut dropped).is_pending());
    drop(dropped);
    client.close();
    alice.query("select", &[]).await.unwrap_err();
    let expected = [
        ("query cancelled", 1),
        ("query closed", 1),
        ("query ok", 1),
        ("query refused", 1),
        ("transaction ok", 1),
        ("transaction rolled_back", 1),
    ];
    assert_eq!(
        counted(&snapshotter),
        expected.map(|(labels, calls)| (labels.to_owned(), calls))
    );
}
