//! What metrics and spans say of a connection, and what they do not.

use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use scoped_runtime::realtime::Change;
use scoped_runtime::testing::ManualClock;
use scoped_tests::Listener;
use serde_json::json;
use tracing::Level;

use crate::support::{
    ALICE, BOB, Project, broadcast, interrupted, private_room, reconnected, while_passing,
};

/// What has changed of Realtime's metrics since the last call, as sorted lines `name{label=value} number`: a snapshot sets
/// gauges to zero, too.
fn recorded(snapshotter: &Snapshotter) -> Vec<String> {
    let lines = snapshotter.snapshot().into_vec().into_iter();
    let lines = lines.filter_map(|(key, _, _, value)| {
        let name = key.key().name().strip_prefix("scoped_runtime_realtime_")?;
        let labels: Vec<String> = key
            .key()
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let number = match value {
            DebugValue::Counter(number) => number.to_string(),
            DebugValue::Gauge(number) => number.to_string(),
            DebugValue::Histogram(_) => panic!("{name}"),
        };
        let line = format!("{name}{{{}}} {number}", labels.join(","));
        Some(line).filter(|_| number != "0")
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn connections_reconnects_refusals_and_dropped_events_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    // The task of the connection runs on this thread.
    let _here = metrics::set_default_local_recorder(&recorder);
    scoped_runtime::metrics::describe();
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let mut room = private_room(&alice).subscribe().await.unwrap();
    assert_eq!(recorded(&snapshotter), ["connections{} 1"]);
    let denied = alice.realtime().channel("a room of others").private();
    denied.subscribe().await.unwrap_err();
    // The connection that asked for it has ended.
    let refused = ["refused_joins_total{kind=permanent} 1"];
    assert_eq!(recorded(&snapshotter), refused);
    project.control(json!({ "drop": null })).await;
    reconnected(&mut room).await;
    assert_eq!(recorded(&snapshotter), ["reconnects_total{} 1"]);

    let narrow = alice.realtime().channel("narrow").queue(1);
    let narrow = narrow.subscribe().await.unwrap();
    let bob = project.client(BOB);
    for n in 0..3 {
        let channel = bob.realtime().channel("narrow");
        channel.send("tick", &json!({ "n": n })).await.unwrap();
    }
    // What follows on the same connection has arrived after the three.
    private_room(&bob).send("end", &json!({})).await.unwrap();
    broadcast(&mut room, "end").await;
    drop((room, narrow));
    let mut changed = Vec::new();
    let closing = async {
        while !changed.contains(&"connections{} -1".to_owned()) {
            tokio::task::yield_now().await;
            changed.extend(recorded(&snapshotter));
        }
    };
    let closed = tokio::time::timeout(Duration::from_secs(20), closing);
    closed
        .await
        .expect("the connection ends with its last channel");
    assert!(
        changed.contains(&"dropped_events_total{} 2".to_owned()),
        "{changed:?}"
    );
}

#[tokio::test]
async fn a_span_tells_of_a_connection_and_names_no_channel_payload_or_token() {
    // The task of the connection runs on this thread.
    let listener = Listener::start(Level::TRACE);
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let change = Change::all()
        .table("room_notes")
        .eq("body", "SECRET-FILTER");
    let room = private_room(&alice).broadcast(true, true);
    let mut room = room.postgres_changes(change).subscribe().await.unwrap();
    let message = json!({ "text": "SECRET-PAYLOAD" });
    room.sender().send("SECRET-EVENT", &message).await.unwrap();
    broadcast(&mut room, "SECRET-EVENT").await;
    let fail = json!({ "fail": { "topic": "room", "message": "Too many messages per second" } });
    project.control(fail).await;
    let step = Duration::from_secs(3);
    while_passing(&clock, step, reconnected(&mut room)).await;
    project.control(json!({ "drop": null })).await;
    interrupted(&mut room).await;
    let reason = "ChannelRateLimitReached: Too many channels";
    let refuse = json!({ "refuseJoins": { "reason": reason } });
    project.misbehave(refuse).await;
    while_passing(&clock, step, interrupted(&mut room)).await;

    // A channel whose changes are refused has been joined before.
    project.misbehave(json!({})).await;
    let unpublished = Change::all().table("unpublished");
    let notes = alice.realtime().channel("SECRET-TOPIC");
    let notes = notes.postgres_changes(unpublished).subscribe();
    while_passing(&clock, step, notes).await.unwrap_err();

    let text = listener.text();
    let lines = text.lines();
    let lines: Vec<_> = lines
        .filter(|line| line.contains("scoped_runtime::realtime"))
        .collect();
    for said in [
        "opened",
        "joined is_private=true",
        "channel ended kind=\"limit\"",
        "channel ended kind=\"permanent\"",
        "lost",
        "join refused kind=\"limit\"",
        "http.response.status_code=101",
        "/realtime/v1/websocket\"",
    ] {
        assert!(
            lines.iter().any(|line| line.contains(said)),
            "{said}: {lines:#?}"
        );
    }
    let lost = lines.iter().find(|line| line.ends_with("lost")).unwrap();
    assert!(lost.contains("error.type=\"transient\""), "{lost}");
    let all = lines.join("\n");
    let token = alice.token().unwrap();
    for secret in [
        token.expose_secret(),
        "SECRET",
        "room",
        "apikey",
        "Too many",
        ALICE,
    ] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}
