//! Joins that the server refuses: what the caller learns, what is tried again when, and what waits meanwhile.

use std::time::{Duration, Instant};

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{Error, RealtimeErrorKind};
use serde_json::{Value, json};

use crate::support::{
    ALICE, Project, broadcast, ending, interrupted, is_silent, private_room, reconnected,
    while_passing,
};

#[tokio::test]
async fn the_reason_of_a_refused_join_is_told_with_its_code_and_kind() {
    use RealtimeErrorKind::{Limit, Permanent, Transient};
    let project = Project::start().await;
    let alice = project.client(ALICE);
    for (code, text, kind) in [
        (
            "PrivateOnly",
            "This project only allows private channels",
            Permanent,
        ),
        (
            "UnableToReplayMessages",
            "Replay params are not valid",
            Permanent,
        ),
        ("RealtimeDisabledForTenant", "Realtime disabled", Permanent),
        ("ChannelRateLimitReached", "Too many channels", Limit),
        (
            "ConnectionRateLimitReached",
            "Too many connected users",
            Limit,
        ),
        (
            "ClientJoinRateLimitReached",
            "Too many joins per second",
            Limit,
        ),
        (
            "IncreaseConnectionPool",
            "Please increase your connection pool size",
            Transient,
        ),
        (
            "QueryCanceled",
            "canceling statement due to statement timeout",
            Transient,
        ),
        (
            "DatabaseLackOfConnections",
            "Database can't accept more connections",
            Transient,
        ),
    ] {
        let reason = format!("{code}: {text}");
        let refuse = json!({ "refuseJoins": { "reason": reason } });
        project.misbehave(refuse).await;
        let refused = private_room(&alice).subscribe().await;
        let Err(Error::Realtime(error)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((error.code(), error.kind()), (Some(code), kind), "{error}");
        assert_eq!(error.reason(), text);
    }
    assert_eq!(project.tokens("refused join").await.len(), 9, "each once");
    project.misbehave(json!({})).await;
    drop(private_room(&alice).subscribe().await.unwrap());
}

/// A project whose clock the test moves, and Alice's channels `other`, which is public, and `room`, which is private and
/// was subscribed before it. Broadcasts are acknowledged and come back.
struct Two {
    project: Project,
    clock: ManualClock,
    room: scoped_runtime::realtime::Subscription,
    other: scoped_runtime::realtime::Subscription,
}

impl Two {
    async fn start(settings: Value) -> Self {
        let project = Project::with(settings).await;
        let clock = ManualClock::real();
        let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
        let room = private_room(&alice).broadcast(true, true);
        let room = room.subscribe().await.unwrap();
        let other = alice.realtime().channel("other").broadcast(true, true);
        let other = other.subscribe().await.unwrap();
        Self {
            project,
            clock,
            room,
            other,
        }
    }

    async fn drop_connection(&mut self) {
        self.project.control(json!({ "log": "clear" })).await;
        self.project.control(json!({ "drop": null })).await;
        interrupted(&mut self.room).await;
        interrupted(&mut self.other).await;
    }

    async fn other_works(&mut self) {
        let sender = self.other.sender();
        sender.send("works", &json!({ "n": 1 })).await.unwrap();
        assert_eq!(broadcast(&mut self.other, "works").await["n"], 1);
    }
}

#[tokio::test]
async fn a_channel_that_is_refused_for_now_is_joined_last_and_not_tried_again_in_a_hurry() {
    let mut two = Two::start(json!({})).await;
    let reason = "IncreaseConnectionPool: Please increase your connection pool size";
    let refuse = json!({ "refuseJoins": { "topic": "room", "reason": reason } });
    two.project.misbehave(refuse).await;
    two.drop_connection().await;
    let clock = two.clock.clone();
    let step = Duration::from_secs(3);
    while_passing(&clock, step, reconnected(&mut two.other)).await;
    two.other_works().await;
    let error = interrupted(&mut two.room).await;
    assert_eq!(error.code(), Some("IncreaseConnectionPool"));
    let joins = two.project.frames("phx_join").await;
    let topics: Vec<_> = joins.iter().map(|join| &join[2]).collect();
    assert_eq!(topics, ["realtime:other", "realtime:room"]);
    // The first pause is between one and ten seconds.
    two.clock.pass(Duration::from_millis(900));
    assert!(is_silent(&mut two.room).await);
    assert_eq!(two.project.tokens("refused join").await.len(), 1);
    two.project.misbehave(json!({})).await;
    while_passing(&clock, step, reconnected(&mut two.room)).await;
}

/// With the waits of the real server: five seconds for each refusal.
#[tokio::test]
async fn five_seconds_of_a_refusal_stall_no_channel_that_is_joined() {
    let mut two = Two::start(json!({ "scale": 1 })).await;
    let clock = two.clock.clone();
    let alice = two.project.clients_with(clock.clone()).get(ALICE).unwrap();
    // On a client with channels, a private one is asked for on a connection of its own.
    let first = alice.realtime().channel("other").broadcast(true, true);
    let mut first = first.subscribe().await.unwrap();
    let start = Instant::now();
    let denied = alice.realtime().channel("a room of others").private();
    let refused = tokio::spawn(denied.subscribe());
    two.project.await_tokens("refused join", 1).await;
    for n in 0..10 {
        let message = json!({ "n": n });
        first.sender().send("tick", &message).await.unwrap();
        assert_eq!(broadcast(&mut first, "tick").await["n"], n);
    }
    assert!(
        !refused.is_finished(),
        "it works while the other is refused"
    );
    let error = refused.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("Unauthorized"), "{error}");
    assert!(start.elapsed() >= Duration::from_secs(5));

    // After a loss all share one connection: what may be refused comes last, and stalls it once.
    two.project.sql("delete from room_members").await;
    two.drop_connection().await;
    let step = Duration::from_secs(1);
    while_passing(&clock, step, reconnected(&mut two.other)).await;
    let Error::Realtime(error) = ending(&mut two.room).await else {
        panic!("another error")
    };
    assert!(error.is_denied(), "{error}");
    two.other_works().await;
    assert_eq!(two.project.tokens("refused join").await.len(), 1, "once");
}
