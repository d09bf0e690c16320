//! Channels: what a join asks for, which names they may have, and how they are left.

use std::time::{Duration, SystemTime};

use scoped_runtime::realtime::{Change, Event};
use scoped_runtime::{ClientError, Error};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, Project, World, broadcast, has_members, is_silent, private_room};

#[tokio::test]
async fn a_join_says_what_was_asked_for() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let since = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let change = Change::update()
        .table("room_notes")
        .eq("owner", ALICE)
        .filter("id=not.in.(1,2)");
    let room = private_room(&alice).presence("alice").broadcast(true, true);
    let room = room
        .postgres_changes(change)
        .replay(since, 200)
        .subscribe()
        .await
        .unwrap();
    let joins = project.frames("phx_join").await;
    assert_eq!(
        joins[0][0], joins[0][1],
        "the reference of the join is its own"
    );
    assert_eq!(joins[0][2], "realtime:room");
    let token = alice.token().unwrap();
    let expected = json!({
        "config": {
            "broadcast": { "ack": true, "self": true, "replay": { "since": 1_800_000_000_000_u64, "limit": 25 } },
            "presence": { "enabled": true, "key": "alice" },
            "postgres_changes": [{
                "event": "UPDATE", "schema": "public", "table": "room_notes",
                "filter": format!("owner=eq.{ALICE},id=not.in.(1,2)"),
            }],
            "private": true,
        },
        "access_token": token.expose_secret(),
    });
    assert_eq!(joins[0][4], expected);
    drop(room);
    assert!(has_members(&project, 0).await);
    assert_eq!(project.frames("phx_leave").await.len(), 1);
}

#[tokio::test]
async fn private_and_public_channels_of_one_name_are_two() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let mut private = private_room(&alice).subscribe().await.unwrap();
    let mut public = bob.realtime().channel("room").subscribe().await.unwrap();
    private.sender().send("x", &json!({})).await.unwrap();
    public.sender().send("x", &json!({})).await.unwrap();
    assert!(is_silent(&mut public).await && is_silent(&mut private).await);
    let again = alice
        .realtime()
        .channel("room")
        .subscribe()
        .await
        .unwrap_err();
    assert!(
        again
            .to_string()
            .contains("a subscription of this name already"),
        "{again}"
    );
}

#[tokio::test]
async fn a_channel_can_be_left_and_subscribed_again_at_once() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let other = alice.realtime().channel("other").subscribe().await.unwrap();
    for _ in 0..5 {
        let room = private_room(&alice).broadcast(true, true);
        let mut room = room.subscribe().await.unwrap();
        room.sender().send("x", &json!({ "n": 1 })).await.unwrap();
        assert_eq!(broadcast(&mut room, "x").await["n"], 1);
    }
    drop(other);
    // The connection ends with its last channel.
    while project.log().await["open"] != 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_refused_join_stalls_no_other_channel() {
    // A refusal takes two seconds here, in which the server does nothing else on the connection.
    let project = Project::with(json!({ "scale": 0.4 })).await;
    let alice = project.client(ALICE);
    let room = private_room(&alice).broadcast(true, true);
    let mut room = room.subscribe().await.unwrap();
    let channel = alice.realtime().channel("a room of others").private();
    let refused = tokio::spawn(channel.subscribe());
    project.await_tokens("refused join", 1).await;
    room.sender().send("x", &json!({ "n": 1 })).await.unwrap();
    assert_eq!(broadcast(&mut room, "x").await["n"], 1);
    assert!(
        !refused.is_finished(),
        "the channel works while the other is refused"
    );
    let Err(Error::Realtime(error)) = refused.await.unwrap() else {
        panic!("not refused")
    };
    assert!(error.is_denied());
    assert_eq!(
        project.tokens("refused join").await.len(),
        1,
        "it is asked for once"
    );
}

#[tokio::test]
async fn names_that_cannot_be_sent_are_refused_before() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    for name in ["", "realtime:room", "a\nb", &"x".repeat(247)] {
        let refused = alice.realtime().channel(name).subscribe().await;
        assert!(
            matches!(refused, Err(Error::Client(ClientError::InvalidName { .. }))),
            "{name}"
        );
    }
    let slash = alice
        .realtime()
        .channel("a/b")
        .send("x", &json!({}))
        .await
        .unwrap_err();
    assert!(
        slash.to_string().contains("subscribe to the channel"),
        "{slash}"
    );
    let room = alice.realtime().channel("a/b\"\\ü").broadcast(true, true);
    let mut room = room.subscribe().await.unwrap();
    room.sender()
        .send("\"\\/", &json!({ "n": 1 }))
        .await
        .unwrap();
    assert_eq!(broadcast(&mut room, "\"\\/").await["n"], 1);
    assert_eq!(project.log().await["sockets"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_read_only_client_listens_and_sends_nothing() {
    let project = Project::start().await;
    let alice = project.client(ALICE).read_only();
    let room = private_room(&alice)
        .presence("a")
        .subscribe()
        .await
        .unwrap();
    for refused in [
        room.sender().send("x", &json!({})).await,
        room.sender().track(&json!({})).await,
        alice.realtime().channel("room").send("x", &json!({})).await,
    ] {
        assert!(
            matches!(refused, Err(Error::Client(ClientError::ReadOnly { .. }))),
            "{refused:?}"
        );
    }
}

#[test]
fn a_blocking_subscription_is_an_iterator() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let project = runtime.block_on(Project::start());
    let clients = scoped_runtime::blocking::ScopedClients::from(project.clients());
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    let mut room = private_room(&alice).presence("a").subscribe().unwrap();
    room.sender().track(&json!({ "n": 0 })).unwrap();
    private_room(&bob).send("x", &json!({ "n": 1 })).unwrap();
    let of_bob = private_room(&bob)
        .broadcast(true, false)
        .subscribe()
        .unwrap();
    of_bob.sender().send("x", &json!({ "n": 2 })).unwrap();
    let messages = room.by_ref().filter_map(|event| match event.unwrap() {
        Event::Broadcast(message) => Some(message.read::<Value>().unwrap().payload["n"].clone()),
        _ => None,
    });
    assert_eq!(messages.take(2).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(room.present().len(), 1);
    bob.close();
    drop(of_bob);
    alice.close();
    assert!(room.any(|event| matches!(event, Err(Error::Client(ClientError::Closed)))));
    assert!(room.next().is_none());
}

#[tokio::test]
async fn a_channel_that_the_server_has_forgotten_is_joined_again() {
    let mut world = World::start().await;
    world.project.control(json!({ "forget": "room" })).await;
    let sent = world.room.sender().send("lost", &json!({})).await;
    let error = sent.unwrap_err();
    assert!(error.to_string().contains("unmatched topic"), "{error}");
    world.interrupted().await;
    world.reconnected().await;
    world.works().await;
}
