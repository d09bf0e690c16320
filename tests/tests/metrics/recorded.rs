//! The recorded metrics, and that no label contains more than it should.

use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{MintPolicy, NoClaims, ScopedClients, metrics as names};
use scoped_tests::ManualClock;
use serde_json::json;

use crate::support::{ALICE, KEY, SECRET, START, config};

/// Returns what was recorded since the last call as sorted lines `name{label=value,..} number`.
fn recorded(snapshotter: &Snapshotter) -> Vec<String> {
    let snapshot = snapshotter.snapshot().into_vec();
    let lines = snapshot.into_iter().filter_map(|(key, _, _, value)| {
        let labels: Vec<String> = key
            .key()
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let value = match value {
            DebugValue::Counter(0) => return None,
            DebugValue::Histogram(values) if values.is_empty() => return None,
            DebugValue::Counter(count) => count.to_string(),
            DebugValue::Histogram(values) => {
                let seconds: Vec<String> = values.iter().map(ToString::to_string).collect();
                format!("[{}]", seconds.join(" "))
            }
            DebugValue::Gauge(value) => value.to_string(),
        };
        let name = key.key().name().trim_start_matches("scoped_runtime_");
        Some(format!("{name}{{{}}} {value}", labels.join(",")))
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

/// A server that gives the first request of each path this answer.
async fn answering(answers: &[(&str, Answer)]) -> Recorder {
    let server = Recorder::start().await.unwrap();
    for (path, answer) in answers {
        server.at(path).answers([answer.clone(), json!([]).into()]);
    }
    server
}

#[tokio::test]
async fn mints_renewals_clients_and_requests_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _here = metrics::set_default_local_recorder(&recorder);
    names::describe();
    let denied = Answer::new(403).json(&json!({"code": "42501"}));
    let server = answering(&[("/rest/v1/denied", denied)]).await;
    let clock = ManualClock::at(START);
    let config = config(&server.url()).clock(clock.clone()).build().unwrap();
    let clients = ScopedClients::new(config).unwrap();
    let alice = clients.get(ALICE).unwrap();
    clients.get(ALICE).unwrap();
    alice
        .from("notes")
        .eq("body", "private")
        .execute()
        .await
        .unwrap();
    alice
        .from("denied")
        .insert(json!({}))
        .execute()
        .await
        .unwrap_err();
    clock.pass(Duration::from_secs(3590));
    alice
        .request("GET", "functions/v1/x")
        .execute()
        .await
        .unwrap();
    alice.close();
    alice.from("notes").execute().await.unwrap_err();
    assert_eq!(
        recorded(&snapshotter),
        [
            "clients_total{session=own} 1",
            "clients_total{session=shared} 1",
            "mints_total{kind=first} 1",
            "mints_total{kind=renewal} 1",
            "request_duration_seconds{service=functions,method=GET,status=2xx} [0]",
            "request_duration_seconds{service=rest,method=GET,status=2xx} [0]",
            "request_duration_seconds{service=rest,method=GET,status=closed} [0]",
            "request_duration_seconds{service=rest,method=POST,status=4xx} [0]",
        ]
    );
}

#[tokio::test]
async fn retries_and_refusals_are_counted_by_their_reason() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _here = metrics::set_default_local_recorder(&recorder);
    let server = answering(&[
        ("/rest/v1/old", Answer::expired_token()),
        ("/storage/v1/busy", Answer::new(503)),
    ])
    .await;
    let policy = MintPolicy::new().refuse_subjects(|user| *user != ALICE);
    let config = config(&server.url()).mint_policy(policy).build().unwrap();
    let clients = ScopedClients::new(config).unwrap();
    let alice = clients.get(ALICE).unwrap();
    alice.from("old").execute().await.unwrap();
    alice
        .request("GET", "storage/v1/busy")
        .execute()
        .await
        .unwrap();
    clients.get(uuid::Uuid::nil()).unwrap_err();
    let token = alice.token().unwrap();
    for _ in 0..2 {
        let verified = clients.verifier().verify::<NoClaims>(token.expose_secret());
        verified.await.unwrap();
    }
    for token in ["x", "eyJhbGciOiJub25lIn0.e30."] {
        clients
            .verifier()
            .verify::<NoClaims>(token)
            .await
            .unwrap_err();
    }
    let lines = recorded(&snapshotter);
    for line in [
        "mint_failures_total{reason=policy} 1",
        "mints_total{kind=first} 1",
        "mints_total{kind=renewal} 1",
        "retries_total{service=rest,reason=expired_token} 1",
        "retries_total{service=storage,reason=failure} 1",
        "verification_refusals_total{reason=form} 1",
        "verification_refusals_total{reason=key} 1",
        "verifications_total{outcome=refused} 2",
        "verifications_total{outcome=remembered} 1",
        "verifications_total{outcome=verified} 1",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:#?}");
    }
    let all = lines.join("\n");
    for secret in [KEY, SECRET, ALICE, token.expose_secret(), "busy", "old"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[tokio::test]
async fn a_dropped_request_is_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _here = metrics::set_default_local_recorder(&recorder);
    let server = answering(&[]).await;
    let clients = ScopedClients::new(config(&server.url()).build().unwrap()).unwrap();
    let mut query = Box::pin(clients.get(ALICE).unwrap().from("notes").execute());
    let mut context = Context::from_waker(Waker::noop());
    assert!(query.as_mut().poll(&mut context).is_pending());
    drop(query);
    let lines = recorded(&snapshotter);
    let cancelled = "request_duration_seconds{service=rest,method=GET,status=cancelled}";
    assert!(
        lines.iter().any(|line| line.starts_with(cancelled)),
        "{lines:#?}"
    );
}
