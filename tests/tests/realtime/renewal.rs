//! Tokens of channels: renewed before they end, replaced when they are refused, and each user's own.

use std::collections::HashSet;
use std::time::Duration;

use scoped_runtime::realtime::Event;
use scoped_runtime::testing::ManualClock;
use scoped_runtime::{Error, RealtimeErrorKind, ScopedClient, SigningKey};
use serde_json::{Value, json};

use crate::support::{
    ALICE, BOB, Project, World, broadcast, ending, expires_at, interrupted, is_silent,
    private_room, reconnected, while_passing,
};

/// One hour, less the minute before the end in which a token is renewed, and a little more.
const UNTIL_RENEWAL: Duration = Duration::from_secs(3600 - 60 + 1);
/// More than the longest first pause before a channel is joined again.
const PAUSE: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_channel_stays_joined_while_its_token_ends_five_times_and_no_event_is_lost() {
    let project = Project::start().await;
    let alice = project.clients();
    let alice = alice.user(ALICE).expires_in(Duration::from_secs(3));
    let alice: ScopedClient = alice
        .refresh_before(Duration::from_secs(1))
        .client()
        .unwrap();
    let mut rooms = Vec::new();
    for name in ["room", "public"] {
        let room = alice.realtime().channel(name);
        let room = if name == "room" { room.private() } else { room };
        rooms.push(room.subscribe().await.unwrap());
    }
    let bob = project.client(BOB);
    let sender = private_room(&bob).broadcast(true, false);
    let sender = sender.subscribe().await.unwrap();
    let public = bob
        .realtime()
        .channel("public")
        .broadcast(true, false)
        .subscribe()
        .await
        .unwrap();
    let mut sent = 0;
    loop {
        for _ in 0..20 {
            sent += 1;
            let payload = json!({ "n": sent });
            sender.sender().send("tick", &payload).await.unwrap();
            public.sender().send("tick", &payload).await.unwrap();
        }
        for room in &mut rooms {
            for n in sent - 19..=sent {
                let event = room.next().await.unwrap().unwrap();
                let Event::Broadcast(message) = event else {
                    panic!("{event:?}")
                };
                assert_eq!(message.read::<Value>().unwrap().payload["n"], n);
            }
        }
        // Ten pushes: five for each of the channels.
        if project.tokens("access_token").await.len() >= 10 {
            break;
        }
    }
    let log = project.log().await;
    let tokens = log["tokens"].as_array().unwrap();
    for topic in ["realtime:room", "realtime:public"] {
        let of_alice = tokens.iter().filter(|token| token["topic"] == topic);
        let of_alice = of_alice.filter(|token| token["socket"] == 1);
        let mut seen = HashSet::new();
        for token in of_alice {
            let (text, at) = (
                token["token"].as_str().unwrap(),
                token["at"].as_u64().unwrap(),
            );
            assert!(seen.insert(text), "a token twice");
            assert!(expires_at(text) * 1000 > at, "a token after its end");
        }
        assert!(seen.len() >= 6, "{topic}: {}", seen.len());
    }
}

#[tokio::test]
async fn a_renewed_token_is_pushed_once_and_an_unchanged_one_never() {
    let World {
        project,
        clock,
        alice,
        mut room,
    } = World::start().await;
    clock.pass(Duration::from_mins(1));
    // A heartbeat goes out and is answered.
    assert!(is_silent(&mut room).await);
    assert!(project.tokens("access_token").await.is_empty());

    clock.pass(UNTIL_RENEWAL);
    project.await_tokens("access_token", 1).await;
    assert!(is_silent(&mut room).await);
    let pushed = project.tokens("access_token").await;
    assert_eq!(pushed, [alice.token().unwrap().expose_secret()]);
    assert_ne!(pushed, project.tokens("join").await);
}

#[tokio::test]
async fn a_channel_that_the_new_token_may_not_read_ends_with_that_reason() {
    let World {
        project,
        clock,
        mut room,
        ..
    } = World::start().await;
    project.sql("delete from room_members").await;
    clock.pass(UNTIL_RENEWAL);
    let Error::Realtime(error) = ending(&mut room).await else {
        panic!("another error")
    };
    assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
    assert!(error.is_denied(), "{error}");
    assert!(room.next().await.is_none());
    assert_eq!(
        project.tokens("join").await.len(),
        1,
        "it is not tried again"
    );
}

#[tokio::test]
async fn a_refused_token_is_told_and_replaced_by_a_fresh_one() {
    let World {
        project,
        clock,
        mut room,
        ..
    } = World::start().await;
    let fail = json!({ "fail": { "topic": "room", "message": "Token has expired 0 seconds ago" } });
    project.control(fail).await;
    assert_eq!(
        interrupted(&mut room).await.kind(),
        RealtimeErrorKind::NewToken
    );
    while_passing(&clock, PAUSE, reconnected(&mut room)).await;
    let joins = project.tokens("join").await;
    assert_eq!(joins.len(), 2);
    assert_ne!(joins[0], joins[1], "the token is another one");
}

#[tokio::test]
async fn a_key_that_the_server_does_not_trust_ends_the_channel_after_few_tries() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let clients = project.clients_with(clock.clone());
    let alice = clients.get(ALICE).unwrap();
    let mut room = private_room(&alice).subscribe().await.unwrap();
    let other = SigningKey::hs256("another-secret-of-at-least-thirty-two-bytes");
    clients.rotate(other.unwrap());
    clock.pass(UNTIL_RENEWAL);
    let search = async {
        loop {
            match room.next().await.unwrap() {
                Ok(_) => {}
                Err(Error::Realtime(error)) => return error,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let error = while_passing(&clock, Duration::from_secs(4), search).await;
    assert_eq!(error.kind(), RealtimeErrorKind::NewToken);
    assert!(
        error.to_string().contains("compare the signing key"),
        "{error}"
    );
    let refused = project.tokens("refused join").await.len();
    assert!((1..=3).contains(&refused), "{refused}");
}

#[tokio::test]
async fn a_machine_that_slept_joins_with_a_new_token() {
    let World {
        project,
        clock,
        mut room,
        ..
    } = World::start().await;
    // Only the wall clock moves while a machine sleeps, and no timer fires.
    clock.jump(Duration::from_hours(2));
    project.control(json!({ "drop": null })).await;
    interrupted(&mut room).await;
    while_passing(&clock, PAUSE, reconnected(&mut room)).await;
    let joins = project.tokens("join").await;
    let ends: Vec<u64> = joins.iter().map(|token| expires_at(token)).collect();
    assert!(ends[1] >= ends[0] + 7200, "{ends:?}");
    room.sender().send("x", &json!({})).await.unwrap();
}

#[tokio::test]
async fn the_channels_of_two_users_carry_each_their_own_token() {
    let project = Project::start().await;
    let clients = project.clients();
    let mut rooms = Vec::new();
    for user in [ALICE, BOB] {
        let client = clients.get(user).unwrap();
        let room = private_room(&client).subscribe().await.unwrap();
        rooms.push((client, room));
    }
    let log = project.log().await;
    let sockets = log["sockets"].as_array().unwrap();
    assert_eq!(sockets.len(), 2, "a connection for each user");
    for (socket, (client, _)) in (1_u64..).zip(&rooms) {
        let token = client.token().unwrap();
        let tokens = log["tokens"].as_array().unwrap();
        let of_socket = tokens.iter().filter(|token| token["socket"] == socket);
        let of_socket: Vec<_> = of_socket.map(|token| &token["token"]).collect();
        assert_eq!(of_socket, [token.expose_secret()]);
    }
    let [(_, of_alice), (_, of_bob)] = &mut *rooms else {
        panic!()
    };
    of_alice
        .sender()
        .send("hi", &json!({ "from": "alice" }))
        .await
        .unwrap();
    assert_eq!(broadcast(of_bob, "hi").await["from"], "alice");
    assert!(is_silent(of_alice).await, "no echo that was not asked for");
}
