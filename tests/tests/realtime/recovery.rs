//! What the server and the network do wrong, with a clock that the test moves.

use std::time::Duration;

use scoped_runtime::realtime::{Event, Subscription};
use scoped_runtime::testing::ManualClock;
use scoped_runtime::{Error, RealtimeError, RealtimeErrorKind, ScopedClient};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, Project, broadcast, ending, find, is_silent};

/// More than the longest first pause before a connection is made again.
const RECONNECT: Duration = Duration::from_secs(3);

struct World {
    project: Project,
    clock: ManualClock,
    alice: ScopedClient,
    room: Subscription,
}

impl World {
    async fn start() -> Self {
        let project = Project::start().await;
        let clock = ManualClock::real();
        let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
        let room = alice
            .realtime()
            .channel("room")
            .private()
            .broadcast(true, true);
        let room = room.subscribe().await.unwrap();
        Self {
            project,
            clock,
            alice,
            room,
        }
    }

    async fn misbehave(&self, how: Value) {
        self.project.control(json!({ "misbehave": how })).await;
    }

    async fn interrupted(&mut self) -> RealtimeError {
        find(&mut self.room, |event| match event {
            Event::Interrupted(error) => Some(error.clone()),
            _ => None,
        })
        .await
    }

    /// Moves the clock on while it waits: the pause before the next attempt may begin only after the test has moved
    /// the clock.
    async fn reconnected(&mut self) {
        let clock = self.clock.clone();
        let moving = async {
            loop {
                tokio::time::sleep(Duration::from_millis(300)).await;
                clock.pass(Duration::from_secs(3));
            }
        };
        let found = find(&mut self.room, |event| {
            matches!(event, Event::Reconnected(_)).then_some(())
        });
        tokio::select! {
            () = found => {}
            () = moving => {}
        }
    }

    /// Shows that the channel works.
    async fn works(&mut self) {
        self.room
            .sender()
            .send("works", &json!({ "n": 1 }))
            .await
            .unwrap();
        assert_eq!(broadcast(&mut self.room, "works").await["n"], 1);
    }
}

#[tokio::test]
async fn every_end_of_a_connection_that_was_not_asked_for_is_a_reconnect() {
    let mut world = World::start().await;
    for (how, said) in [
        (json!({ "close": 1000 }), "(1000)"),
        (json!({ "close": 1001 }), "(1001)"),
        (json!({ "close": 1009 }), "(1009)"),
        (json!({ "restart": null }), "(1012)"),
        (json!({ "drop": null }), ""),
        (json!({ "cut": null }), ""),
        (json!({ "huge": 10_000_000 }), "ayload"),
        (json!({ "send": { "base64": "/w==" } }), "none"),
    ] {
        world.project.control(how.clone()).await;
        if said != "none" {
            let error = world.interrupted().await;
            assert_eq!(error.kind(), RealtimeErrorKind::Transient, "{how}");
            assert!(error.to_string().contains(said), "{how}: {error}");
            world.clock.pass(RECONNECT);
            world.reconnected().await;
        }
        world.works().await;
        // A connection that holds for half a minute starts over with short pauses.
        for _ in 0..3 {
            world.clock.pass(Duration::from_secs(12));
            world.works().await;
        }
    }
}

#[tokio::test]
async fn broken_frames_of_peers_are_skipped() {
    let mut world = World::start().await;
    for frame in [
        "",
        "[",
        "{}",
        "[1,2,3,4,5]",
        r#"[null,null,"realtime:room","broadcast",7]"#,
        r#"[null,null,"realtime:room","broadcast",{"type":"broadcast"}]"#,
        r#"[null,null,"realtime:room","presence_state",[]]"#,
        r#"[null,null,"realtime:room","presence_diff",{"joins":7}]"#,
        r#"[null,null,"realtime:room","postgres_changes",{"ids":[1]}]"#,
        r#"[null,null,"realtime:room","system",{}]"#,
        r#"[null,null,"realtime:room","no such event",{}]"#,
        r#"[null,null,"realtime:other","phx_close",{}]"#,
        r#"["999","999","realtime:room","phx_close",{}]"#,
        r#"[null,"999","realtime:room","phx_reply",{"status":"error","response":{}}]"#,
        r#"[null,null,"phoenix","phx_reply",{"status":"ok","response":{}}]"#,
    ] {
        world
            .project
            .control(json!({ "send": { "text": frame } }))
            .await;
    }
    for base64 in ["", "BA==", "BP//////", "AwAA", "AgEBYWI="] {
        world
            .project
            .control(json!({ "send": { "base64": base64 } }))
            .await;
    }
    // A broadcast whose JSON a peer has broken: kind 04, `room`, `ev`, `{"a":`.
    let broken = "BA0CAAFyZWFsdGltZTpyb29tZXZ7ImEiOg==";
    world
        .project
        .control(json!({ "send": { "base64": broken } }))
        .await;
    world.works().await;
    assert!(is_silent(&mut world.room).await);
}

#[tokio::test]
async fn frames_that_come_late_twice_or_out_of_order_are_survived() {
    let mut world = World::start().await;
    world.misbehave(json!({ "late": 200 })).await;
    world.works().await;
    world.misbehave(json!({ "twice": true })).await;
    world.works().await;
    world.misbehave(json!({ "swap": true })).await;
    world.works().await;
    world.misbehave(json!({ "half": true })).await;
    let sender = world.room.sender().clone();
    let sending = tokio::spawn(async move { sender.send("lost", &json!({})).await });
    while world.project.frames("broadcast").await.len() < 4 {
        tokio::task::yield_now().await;
    }
    world.clock.pass(Duration::from_secs(11));
    let error = sending.await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("no reply within 10 s"),
        "{error}"
    );
    world.misbehave(json!({})).await;
    world.works().await;
}

#[tokio::test]
async fn silence_is_noticed_by_the_heartbeat() {
    let mut world = World::start().await;
    world.misbehave(json!({ "silence": true })).await;
    world.clock.pass(Duration::from_secs(26));
    assert!(is_silent(&mut world.room).await, "a heartbeat has 20 s");
    world.clock.pass(Duration::from_secs(21));
    let error = world.interrupted().await;
    assert!(error.to_string().contains("heartbeat"), "{error}");
    world.misbehave(json!({})).await;
    world.clock.pass(RECONNECT);
    world.reconnected().await;
    world.works().await;
}

#[tokio::test]
async fn a_heartbeat_is_sent_25_seconds_after_the_last_frame_and_not_before() {
    let mut world = World::start().await;
    for _ in 0..3 {
        world.clock.pass(Duration::from_secs(20));
        // What is received keeps no connection, what is sent does.
        world.works().await;
    }
    assert!(world.project.frames("heartbeat").await.is_empty());
    world.clock.pass(Duration::from_secs(26));
    while world.project.frames("heartbeat").await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(is_silent(&mut world.room).await);
}

#[tokio::test]
async fn no_heartbeat_is_judged_while_a_join_is_pending() {
    let mut world = World::start().await;
    world
        .misbehave(json!({ "unanswered": ["phx_join", "heartbeat"] }))
        .await;
    let channel = world.alice.realtime().channel("second");
    let joining = tokio::spawn(channel.subscribe());
    while world.project.frames("phx_join").await.len() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(is_silent(&mut world.room).await);
    world.clock.pass(Duration::from_secs(26));
    assert!(is_silent(&mut world.room).await);
    // The join has failed after 30 s; only from then on the heartbeat counts.
    world.clock.pass(Duration::from_secs(5));
    let error = joining.await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("did not answer the join"),
        "{error}"
    );
    assert!(is_silent(&mut world.room).await);
    world.misbehave(json!({})).await;
    world.clock.pass(Duration::from_secs(21));
    world.interrupted().await;
    world.clock.pass(RECONNECT);
    world.reconnected().await;
}

#[tokio::test]
async fn a_refused_connection_is_an_error_with_status_and_reason() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    for (status, kind) in [
        (401, RealtimeErrorKind::Permanent),
        (403, RealtimeErrorKind::Permanent),
        (404, RealtimeErrorKind::Permanent),
        (302, RealtimeErrorKind::Permanent),
        (429, RealtimeErrorKind::Limit),
        (500, RealtimeErrorKind::Transient),
        (503, RealtimeErrorKind::Transient),
    ] {
        let body = json!({ "error": "because" });
        let refuse = json!({ "misbehave": { "refuse": { "status": status, "body": body } } });
        project.control(refuse).await;
        let refused = alice.realtime().channel("room").subscribe().await;
        let Err(Error::Realtime(error)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((error.status(), error.kind()), (Some(status), kind));
        assert_eq!(error.reason(), "because");
        assert!(!error.to_string().contains("apikey"), "{error}");
    }
}

#[tokio::test]
async fn an_established_channel_waits_for_a_server_that_is_away_and_ends_when_it_says_no() {
    let mut world = World::start().await;
    world
        .misbehave(json!({ "refuse": { "status": 503 } }))
        .await;
    world.project.control(json!({ "drop": null })).await;
    world.interrupted().await;
    for _ in 0..4 {
        world.clock.pass(Duration::from_secs(61));
        assert!(is_silent(&mut world.room).await);
    }
    world.misbehave(json!({})).await;
    world.clock.pass(Duration::from_secs(61));
    world.reconnected().await;
    world.works().await;

    world
        .misbehave(json!({ "refuse": { "status": 401, "body": { "error": "Token has expired" } } }))
        .await;
    world.project.control(json!({ "drop": null })).await;
    world.interrupted().await;
    world.clock.pass(Duration::from_secs(61));
    let Error::Realtime(error) = ending(&mut world.room).await else {
        panic!("another error")
    };
    assert_eq!(error.status(), Some(401));
}

#[tokio::test]
async fn a_server_that_accepts_no_connection_is_given_up() {
    let project = Project::start().await;
    project
        .control(json!({ "misbehave": { "accept": false } }))
        .await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let joining = tokio::spawn(alice.realtime().channel("room").subscribe());
    while clock.sleepers(Duration::from_secs(31)) < 2 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    clock.pass(Duration::from_secs(31));
    let error = joining.await.unwrap().unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_channel_that_the_server_ends_is_joined_again_and_one_that_crashed_too() {
    let mut world = World::start().await;
    for how in [
        json!({ "crash": "room" }),
        json!({ "fail": { "topic": "room", "message": "Too many messages per second" } }),
        json!({ "fail": { "topic": "room", "message": ":increase_connection_pool" } }),
    ] {
        world.project.control(how).await;
        let error = world.interrupted().await;
        assert!(error.is_transient(), "{error}");
        assert_eq!(error.topic(), Some("room"));
        world.clock.pass(Duration::from_secs(15));
        world.reconnected().await;
        world.works().await;
        world.clock.pass(Duration::from_secs(15));
        world.works().await;
    }
}

#[tokio::test]
async fn while_a_channel_is_not_joined_messages_go_over_http() {
    let mut world = World::start().await;
    let bob = world.project.client(BOB);
    let mut of_bob = bob
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    world.project.control(json!({ "crash": "room" })).await;
    world.interrupted().await;
    find(&mut of_bob, |event| {
        matches!(event, Event::Interrupted(_)).then_some(())
    })
    .await;
    find(&mut of_bob, |event| {
        matches!(event, Event::Reconnected(_)).then_some(())
    })
    .await;
    world
        .room
        .sender()
        .send("over", &json!({ "http": true }))
        .await
        .unwrap();
    assert_eq!(broadcast(&mut of_bob, "over").await["http"], true);
    let refused = world
        .room
        .sender()
        .send("over", "no object")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("JSON object"), "{refused}");
}

#[tokio::test]
async fn a_reader_that_does_not_read_misses_events_and_stops_no_other_channel() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let slow = alice.realtime().channel("room").private().queue(10);
    let mut slow = slow.subscribe().await.unwrap();
    let mut other = alice.realtime().channel("other").subscribe().await.unwrap();
    let sender = bob
        .realtime()
        .channel("room")
        .private()
        .broadcast(true, false);
    let sender = sender.subscribe().await.unwrap();
    for n in 0..100 {
        sender
            .sender()
            .send("tick", &json!({ "n": n }))
            .await
            .unwrap();
    }
    let of_bob = bob
        .realtime()
        .channel("other")
        .send("done", &json!({ "n": 1 }))
        .await;
    of_bob.unwrap();
    assert_eq!(broadcast(&mut other, "done").await["n"], 1);
    for n in 0..10 {
        assert_eq!(broadcast(&mut slow, "tick").await["n"], n);
    }
    let missed = find(&mut slow, |event| match event {
        Event::Missed(count) => Some(*count),
        _ => None,
    });
    assert_eq!(missed.await, 90);
    sender
        .sender()
        .send("tick", &json!({ "n": 100 }))
        .await
        .unwrap();
    assert_eq!(broadcast(&mut slow, "tick").await["n"], 100);
}
