//! Frames that are broken, late, repeated or out of order.

use std::time::Duration;

use scoped_runtime::testing::ManualClock;
use serde_json::{Value, json};

use crate::support::{ALICE, Project, World, broadcast, is_silent, private_room, while_passing};

#[tokio::test]
async fn broken_frames_of_peers_are_skipped() {
    let mut world = World::start().await;
    let send = async |frame: Value| world.project.control(json!({ "send": frame })).await;
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
        send(json!({ "text": frame })).await;
    }
    for base64 in ["", "BA==", "BP//////", "AwAA", "AgEBYWI="] {
        send(json!({ "base64": base64 })).await;
    }
    // A broadcast whose JSON a peer has broken: kind 04, `room`, `ev`, `{"a":`.
    let broken = "BA0CAAFyZWFsdGltZTpyb29tZXZ7ImEiOg==";
    send(json!({ "base64": broken })).await;
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
    world.project.await_frames("broadcast", 4).await;
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
async fn an_answer_that_comes_after_its_time_is_an_error_and_changes_nothing_later() {
    let mut world = World::start().await;
    world.misbehave(json!({ "late": 1500 })).await;
    let sender = world.room.sender().clone();
    let sending = tokio::spawn(async move { sender.send("slow", &json!({})).await });
    world.project.await_frames("broadcast", 1).await;
    world.clock.pass(Duration::from_secs(11));
    let error = sending.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("no reply"), "{error}");
    world.misbehave(json!({})).await;
    // The echo and the acknowledgement of `slow` come now.
    broadcast(&mut world.room, "slow").await;
    world.works().await;
}

/// Whatever goes wrong while a channel is joined, `subscribe` ends within the limits, and the next one works.
#[tokio::test]
async fn a_join_among_misbehaviour_ends_in_a_channel_or_an_error() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let unanswered = json!({ "unanswered": ["phx_join"] });
    for (how, then, joins) in [
        (json!({ "late": 300 }), None, Some(true)),
        (json!({ "twice": true }), None, Some(true)),
        // The reply to the join comes behind that to a heartbeat.
        (json!({ "swap": true }), None, None),
        (json!({ "half": true }), None, Some(false)),
        (json!({ "silence": true }), None, Some(false)),
        (
            unanswered.clone(),
            Some(json!({ "huge": 10_000_000 })),
            Some(false),
        ),
        (
            unanswered.clone(),
            Some(json!({ "drop": null })),
            Some(false),
        ),
        (
            unanswered.clone(),
            Some(json!({ "cut": null })),
            Some(false),
        ),
        (unanswered, Some(json!({ "close": 1000 })), Some(false)),
    ] {
        project.control(json!({ "log": "clear" })).await;
        project.misbehave(how.clone()).await;
        let mut joining = tokio::spawn(private_room(&alice).subscribe());
        if let Some(then) = then {
            project.await_frames("phx_join", 1).await;
            project.control(then).await;
        }
        let joined = while_passing(&clock, Duration::from_secs(5), &mut joining).await;
        match joined.unwrap() {
            Ok(_) => assert_ne!(joins, Some(false), "{how}"),
            Err(error) => {
                assert_ne!(joins, Some(true), "{how}");
                assert!(error.is_transient(), "{how}: {error}");
            }
        }
        project.misbehave(json!({})).await;
        let room = private_room(&alice).broadcast(true, true);
        let mut room = room.subscribe().await.unwrap();
        room.sender().send("x", &json!({ "n": 1 })).await.unwrap();
        assert_eq!(broadcast(&mut room, "x").await["n"], 1, "{how}");
        assert!(is_silent(&mut room).await, "{how}");
    }
}
