//! What was measured of the real server and concerns a client, as far as no other file shows it.

use std::time::{Duration, SystemTime};

use scoped_runtime::realtime::{Change, Event};
use scoped_runtime::testing::ManualClock;
use scoped_runtime::{ClientError, Clock, Error, RealtimeErrorKind, SystemClock};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, MALLORY, Project, broadcast, find, has_members, is_silent};

#[tokio::test]
async fn a_join_says_what_was_asked_for() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let since = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let change = Change::update()
        .table("room_notes")
        .eq("owner", ALICE)
        .filter("id=not.in.(1,2)");
    let room = alice
        .realtime()
        .channel("room")
        .private()
        .presence("alice")
        .broadcast(true, true);
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
    let mut private = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
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
        let room = alice
            .realtime()
            .channel("room")
            .private()
            .broadcast(true, true);
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
    let room = alice
        .realtime()
        .channel("room")
        .private()
        .broadcast(true, true);
    let mut room = room.subscribe().await.unwrap();
    let channel = alice.realtime().channel("a room of others").private();
    let refused = tokio::spawn(channel.subscribe());
    while project.tokens("refused join").await.is_empty() {
        tokio::task::yield_now().await;
    }
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
async fn a_broadcast_that_is_too_large_is_told_with_acknowledgement() {
    let project = Project::start().await;
    project
        .control(json!({ "limits": { "payloadKb": 1 } }))
        .await;
    let alice = project.client(ALICE);
    let room = alice
        .realtime()
        .channel("room")
        .private()
        .broadcast(true, false);
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
async fn a_broadcast_that_a_policy_refuses_is_an_error_after_ten_seconds() {
    let project = Project::start().await;
    project
        .postgres
        .sql("update room_members set may_write = false")
        .await
        .unwrap();
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let room = alice
        .realtime()
        .channel("room")
        .private()
        .broadcast(true, false);
    let room = room.subscribe().await.unwrap();
    let sender = room.sender().clone();
    let sending = tokio::spawn(async move { sender.send("x", &json!({})).await });
    while project.frames("broadcast").await.is_empty() {
        tokio::task::yield_now().await;
    }
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
        project.postgres.sql(&sql).await.unwrap();
    };
    send(1).await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let hour_ago = SystemClock::new().now() - Duration::from_hours(1);
    let room = alice
        .realtime()
        .channel("room")
        .private()
        .replay(hour_ago, 25);
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
        .control(json!({ "misbehave": { "refuse": { "status": 503 } } }))
        .await;
    project.control(json!({ "drop": null })).await;
    find(&mut room, |event| {
        matches!(event, Event::Interrupted(_)).then_some(())
    })
    .await;
    send(3).await;
    project.control(json!({ "misbehave": {} })).await;
    clock.pass(Duration::from_secs(3));
    let reconnected = find(&mut room, |event| match event {
        Event::Reconnected(reconnected) => Some(*reconnected),
        _ => None,
    });
    let reconnected = reconnected.await;
    assert!(reconnected.is_replayed && reconnected.after >= Duration::from_secs(3));
    assert_eq!(find(&mut room, next).await, (json!(3), true, true));
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
async fn presence_is_tracked_again_after_a_reconnect() {
    let project = Project::start().await;
    let peer = project.peer().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let config =
        json!({ "config": { "private": true, "presence": { "key": "bob", "enabled": true } } });
    peer.join(&bob, "room", config).await;
    let room = alice.realtime().channel("room").private().presence("alice");
    let mut room = room.subscribe().await.unwrap();
    room.sender().track(&json!({ "n": 1 })).await.unwrap();
    peer.hears(&bob, "room", |it| it["join"] == "alice").await;
    project.control(json!({ "crash": "room" })).await;
    find(&mut room, |event| {
        matches!(event, Event::Reconnected(_)).then_some(())
    })
    .await;
    find(&mut room, |event| {
        matches!(event, Event::Sync).then_some(())
    })
    .await;
    let sent = project.frames("presence").await;
    let of_alice = sent.iter().filter(|frame| frame[4]["payload"]["n"] == 1);
    assert_eq!(of_alice.count(), 2);
}

#[tokio::test]
async fn presence_is_limited_before_the_server_ends_the_channel() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let room = alice.realtime().channel("room").private().presence("alice");
    let mut room = room.subscribe().await.unwrap();
    for n in 0..5 {
        room.sender().track(&json!({ "n": n })).await.unwrap();
    }
    let Err(Error::Realtime(error)) = room.sender().track(&json!({ "n": 5 })).await else {
        panic!("not refused")
    };
    assert_eq!(error.kind(), RealtimeErrorKind::Limit);
    find(&mut room, |event| {
        matches!(event, Event::Sync).then_some(())
    })
    .await;
    assert_eq!(room.present().len(), 1);
    let without = alice.realtime().channel("other").subscribe().await.unwrap();
    let refused = without.sender().track(&json!({})).await.unwrap_err();
    assert!(
        refused.to_string().contains("without `presence(key)`"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_peer_cannot_forge_the_reference_of_its_presence() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let subscribe = |client: &scoped_runtime::ScopedClient, key: &str| {
        client
            .realtime()
            .channel("room")
            .private()
            .presence(key)
            .subscribe()
    };
    let mut of_alice = subscribe(&alice, "alice").await.unwrap();
    let of_bob = subscribe(&bob, "bob").await.unwrap();
    of_bob
        .sender()
        .track(&json!({ "phx_ref": "forged", "n": 1 }))
        .await
        .unwrap();
    let joined = find(&mut of_alice, |event| match event {
        Event::Join(presence) => Some(presence.clone()),
        _ => None,
    });
    let joined = joined.await;
    assert_eq!(
        joined.metas[0].payload.as_str().matches("phx_ref").count(),
        2
    );
    assert_ne!(joined.metas[0].reference, "forged");
}

#[tokio::test]
async fn changes_that_cannot_be_subscribed_to_are_an_error_with_the_servers_words() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    for change in [
        Change::insert().table("unpublished"),
        Change::insert().table("room_notes").filter("nocolumn=eq.1"),
    ] {
        let channel = alice
            .realtime()
            .channel("x")
            .postgres_changes(Change::all().table("room_notes"));
        let Err(Error::Realtime(error)) = channel.postgres_changes(change).subscribe().await else {
            panic!("not refused")
        };
        assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
        assert!(error.reason().contains("Unable to subscribe"), "{error}");
    }
    for change in [
        Change::insert().table("room_notes").filter("nonsense"),
        Change::insert().table("room_notes").filter("id=near.5"),
        Change::insert().table("room_notes").eq("body", "a,b"),
        Change::insert().filter("id=eq.5"),
    ] {
        let refused = alice
            .realtime()
            .channel("x")
            .postgres_changes(change)
            .subscribe()
            .await;
        assert!(
            matches!(
                refused,
                Err(Error::Client(ClientError::InvalidQuery { .. }))
            ),
            "{refused:?}"
        );
    }
    assert!(project.log().await["open"] == 0, "nothing is left open");
}

#[tokio::test]
async fn rows_that_the_server_cannot_read_say_why() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let mut changes = alice
        .realtime()
        .channel("x")
        .postgres_changes(Change::insert().table("room_secret"))
        .postgres_changes(Change::insert().table("room_keyless"))
        .postgres_changes(Change::insert().table("room_notes"))
        .subscribe()
        .await
        .unwrap();
    let insert = |event: &Event| match event {
        Event::Insert(insert) => Some(insert.clone()),
        _ => None,
    };
    project
        .postgres
        .sql("insert into room_secret values (1, 'x')")
        .await
        .unwrap();
    let denied = find(&mut changes, insert).await;
    assert_eq!(denied.commit.errors, ["Error 401: Unauthorized"]);
    assert_eq!(
        (denied.row.as_str(), denied.commit.timestamp.as_ref()),
        ("{}", None)
    );
    let error = denied.read::<Value>().unwrap_err();
    assert!(
        error.to_string().contains("Error 401: Unauthorized"),
        "{error}"
    );
    project
        .postgres
        .sql("insert into room_keyless values ('x')")
        .await
        .unwrap();
    let keyless = find(&mut changes, insert).await;
    assert_eq!(
        keyless.commit.errors,
        ["Error 400: Bad Request, no primary key"]
    );
    let large =
        format!("insert into room_notes (owner, body) values ('{ALICE}', repeat('x', 1100000))");
    project.postgres.sql(&large).await.unwrap();
    let large = find(&mut changes, insert).await;
    assert_eq!(large.commit.errors, ["Error 413: Payload Too Large"]);
}

#[tokio::test]
async fn changes_go_on_after_a_renewed_token_and_after_a_reconnect() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let change = Change::insert().table("room_notes").eq("body", "mine");
    let mut changes = alice
        .realtime()
        .channel("x")
        .postgres_changes(change)
        .subscribe()
        .await
        .unwrap();
    clock.pass(Duration::from_secs(3600 - 60 + 1));
    let subscribed = |event: &Event| match event {
        Event::System(system) => Some(system.message.clone()),
        _ => None,
    };
    // The first message has come before `subscribe` returned; the second follows the new token.
    for _ in 0..2 {
        assert_eq!(
            find(&mut changes, subscribed).await,
            "Subscribed to PostgreSQL"
        );
    }
    let insert = async || {
        for (owner, body) in [(BOB, "mine"), (ALICE, "other"), (ALICE, "mine")] {
            let row = format!("insert into room_notes (owner, body) values ('{owner}', '{body}')");
            project.postgres.sql(&row).await.unwrap();
        }
    };
    let row = |event: &Event| match event {
        Event::Insert(insert) => Some(insert.read::<Value>().unwrap().row),
        _ => None,
    };
    insert().await;
    assert_eq!(find(&mut changes, row).await["owner"], ALICE);
    project.control(json!({ "drop": null })).await;
    find(&mut changes, |event| {
        matches!(event, Event::Interrupted(_)).then_some(())
    })
    .await;
    clock.pass(Duration::from_secs(3));
    // Only when the server is subscribed again is the channel whole.
    find(&mut changes, |event| {
        matches!(event, Event::Reconnected(_)).then_some(())
    })
    .await;
    insert().await;
    assert_eq!(find(&mut changes, row).await["body"], "mine");
    assert!(is_silent(&mut changes).await);
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
    let room = alice
        .realtime()
        .channel("room")
        .private()
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

#[tokio::test]
async fn http_says_who_may_not_send_and_carries_the_users_token() {
    let project = Project::start().await;
    let (alice, mallory) = (project.client(ALICE), project.client(MALLORY));
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    let of_mallory = mallory.realtime().channel("room").private();
    let denied = of_mallory.send("x", &json!({})).await.unwrap_err();
    assert!(
        matches!(&denied, Error::Realtime(error) if error.is_denied()),
        "{denied}"
    );
    let bob = project.client(BOB);
    bob.realtime()
        .channel("room")
        .private()
        .send("x", &json!({ "n": 1 }))
        .await
        .unwrap();
    assert_eq!(broadcast(&mut room, "x").await, json!({ "n": 1 }));
    bob.realtime()
        .channel("room")
        .private()
        .send_bytes("raw", vec![1])
        .await
        .unwrap();
    find(&mut room, |event| {
        matches!(event, Event::Broadcast(_)).then_some(())
    })
    .await;
    let by_rest = project.tokens("rest").await;
    assert_eq!(by_rest[1], bob.token().unwrap().expose_secret());
}

#[test]
fn a_blocking_subscription_is_an_iterator() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let project = runtime.block_on(Project::start());
    let clients = scoped_runtime::blocking::ScopedClients::from(project.clients());
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .presence("a")
        .subscribe()
        .unwrap();
    room.sender().track(&json!({ "n": 0 })).unwrap();
    bob.realtime()
        .channel("room")
        .private()
        .send("x", &json!({ "n": 1 }))
        .unwrap();
    let of_bob = bob
        .realtime()
        .channel("room")
        .private()
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
