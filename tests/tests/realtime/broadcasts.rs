//! Broadcasts: over the connection and over HTTP, refused, replayed, and missed by a slow reader.

use std::time::Duration;

use scoped_runtime::realtime::Event;
use scoped_runtime::testing::{Answer, ManualClock, Recorder};
use scoped_runtime::{ClientError, Clock, Error, RealtimeErrorKind, ScopedClients, SystemClock};
use serde_json::{Value, json};

use crate::support::{
    ALICE, BOB, MALLORY, Project, World, broadcast, find, interrupted, is_silent, private_room,
    reconnected, while_passing,
};

#[tokio::test]
async fn a_broadcast_that_is_too_large_is_told_with_acknowledgement() {
    let project = Project::start().await;
    project
        .control(json!({ "limits": { "payloadKb": 1 } }))
        .await;
    let alice = project.client(ALICE);
    let room = private_room(&alice).broadcast(true, false);
    let room = room.subscribe().await.unwrap();
    let large = json!({ "text": "x".repeat(2000) });
    let Err(Error::Realtime(error)) = room.sender().send("x", &large).await else {
        panic!("not refused")
    };
    assert_eq!(error.reason(), "payload_size_exceeded");
    assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
    // What would end the connection is not sent at all.
    let huge = room
        .sender()
        .send_bytes("x", vec![0; 5_000_000])
        .await
        .unwrap_err();
    assert!(
        matches!(huge, Error::Client(ClientError::InvalidQuery { .. })),
        "{huge}"
    );
    room.sender().send("x", &json!({})).await.unwrap();
}

#[tokio::test]
async fn any_json_is_relayed_over_the_connection() {
    let mut world = World::start().await;
    for value in [
        json!(null),
        json!(true),
        json!(-1.5),
        json!("text"),
        json!([1, ["a"], {}]),
        json!({ "event": "other", "payload": 1 }),
    ] {
        world.room.sender().send("any", &value).await.unwrap();
        assert_eq!(broadcast(&mut world.room, "any").await, value);
    }
}

#[tokio::test]
async fn a_broadcast_that_a_policy_refuses_is_an_error_after_ten_seconds() {
    let project = Project::start().await;
    project
        .sql("update room_members set may_write = false")
        .await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let room = private_room(&alice).broadcast(true, false);
    let room = room.subscribe().await.unwrap();
    let sender = room.sender().clone();
    let sending = tokio::spawn(async move { sender.send("x", &json!({})).await });
    project.await_frames("broadcast", 1).await;
    clock.pass(Duration::from_secs(11));
    let error = sending.await.unwrap().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a policy on `realtime.messages` may not let"),
        "{error}"
    );
}

#[tokio::test]
async fn what_the_database_sent_is_replayed_at_first_and_after_a_reconnect_and_nothing_twice() {
    let project = Project::start().await;
    let send = async |n: u32| {
        let sql = format!("select realtime.send('{{\"n\":{n}}}'::jsonb, 'db', 'room', true)");
        project.sql(&sql).await;
    };
    send(1).await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let hour_ago = SystemClock::new().now() - Duration::from_hours(1);
    let room = private_room(&alice).replay(hour_ago, 25);
    let mut room = room.subscribe().await.unwrap();
    let next = |event: &Event| match event {
        Event::Broadcast(message) => {
            let n = message.read::<Value>().unwrap().payload["n"].clone();
            Some((n, message.is_replayed, message.id.is_some()))
        }
        _ => None,
    };
    assert_eq!(find(&mut room, next).await, (json!(1), true, true));
    send(2).await;
    assert_eq!(find(&mut room, next).await, (json!(2), false, true));

    project
        .misbehave(json!({ "refuse": { "status": 503 } }))
        .await;
    project.control(json!({ "drop": null })).await;
    interrupted(&mut room).await;
    send(3).await;
    send(4).await;
    project.misbehave(json!({})).await;
    let pause = Duration::from_secs(3);
    let again = while_passing(&clock, pause, reconnected(&mut room)).await;
    assert!(again.is_replayed && again.after >= pause);
    for n in [3, 4] {
        assert_eq!(find(&mut room, next).await, (json!(n), true, true));
    }
    assert!(is_silent(&mut room).await, "1 and 2 have arrived before");
    let public = alice
        .realtime()
        .channel("public")
        .replay(hour_ago, 5)
        .subscribe()
        .await;
    assert!(matches!(
        public,
        Err(Error::Client(ClientError::InvalidQuery { .. }))
    ));
}

#[tokio::test]
async fn http_says_who_may_not_send_and_carries_the_users_token() {
    let project = Project::start().await;
    let (alice, mallory) = (project.client(ALICE), project.client(MALLORY));
    let mut room = private_room(&alice).subscribe().await.unwrap();
    let of_mallory = private_room(&mallory);
    let denied = of_mallory.send("x", &json!({})).await.unwrap_err();
    assert!(
        matches!(&denied, Error::Realtime(error) if error.is_denied()),
        "{denied}"
    );
    let bob = project.client(BOB);
    private_room(&bob)
        .send("x", &json!({ "n": 1 }))
        .await
        .unwrap();
    assert_eq!(broadcast(&mut room, "x").await, json!({ "n": 1 }));
    private_room(&bob).send_bytes("raw", vec![1]).await.unwrap();
    find(&mut room, |event| {
        matches!(event, Event::Broadcast(_)).then_some(())
    })
    .await;
    let by_rest = project.tokens("rest").await;
    assert_eq!(by_rest[1], bob.token().unwrap().expose_secret());
}

#[tokio::test]
async fn while_a_channel_is_not_joined_messages_go_over_http() {
    let mut world = World::start().await;
    let bob = world.project.client(BOB);
    let mut of_bob = private_room(&bob).subscribe().await.unwrap();
    world.project.control(json!({ "crash": "room" })).await;
    world.interrupted().await;
    interrupted(&mut of_bob).await;
    reconnected(&mut of_bob).await;
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
    let slow = private_room(&alice).queue(10);
    let mut slow = slow.subscribe().await.unwrap();
    let mut other = alice.realtime().channel("other").subscribe().await.unwrap();
    let sender = private_room(&bob).broadcast(true, false);
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

#[tokio::test]
async fn refusals_over_http_are_told_with_status_and_words() {
    let server = Recorder::start().await.unwrap();
    let clients = ScopedClients::new(server.config()).unwrap();
    let alice = clients.get(ALICE).unwrap();
    let path = "/realtime/v1/api/broadcast/room/events/x";
    let limited = json!({ "message": "You have exceeded your rate limit" });
    let invalid = json!({ "errors": { "payload": ["is invalid"] } });
    for (status, body) in [
        (401, json!({ "message": "Unauthorized" })),
        (415, json!({ "message": "Unsupported Media Type" })),
        (422, invalid),
        (429, limited),
    ] {
        server.at(path).answer(Answer::new(status).json(&body));
        let refused = alice.realtime().channel("room").send("x", &json!({})).await;
        let error = refused.unwrap_err();
        let Error::Api(api) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(api.status(), status);
        if let Some(message) = body["message"].as_str() {
            assert!(error.to_string().contains(message), "{error}");
        }
    }
}
