//! Tokens of channels: renewed before they end, replaced when they are refused, and the end when there is none.

use std::collections::HashSet;
use std::time::Duration;

use scoped_runtime::realtime::Event;
use scoped_runtime::testing::ManualClock;
use scoped_runtime::{
    ClientError, Error, NoClaims, RealtimeErrorKind, ScopedClient, SigningKey, TokenError,
};
use serde_json::{Value, json};

use crate::support::{
    ALICE, BOB, Project, broadcast, ending, expires_at, find, has_members, is_silent,
};

/// One hour, less the minute before the end in which a token is renewed, and a little more.
const UNTIL_RENEWAL: Duration = Duration::from_secs(3600 - 60 + 1);

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
    let sender = bob
        .realtime()
        .channel("room")
        .private()
        .broadcast(true, false);
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
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    clock.pass(Duration::from_mins(1));
    // A heartbeat goes out and is answered.
    assert!(is_silent(&mut room).await);
    assert!(project.tokens("access_token").await.is_empty());

    clock.pass(UNTIL_RENEWAL);
    while project.tokens("access_token").await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(is_silent(&mut room).await);
    let pushed = project.tokens("access_token").await;
    assert_eq!(pushed, [alice.token().unwrap().expose_secret()]);
    assert_ne!(pushed, project.tokens("join").await);
}

#[tokio::test]
async fn a_channel_that_the_new_token_may_not_read_ends_with_that_reason() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    project
        .postgres
        .sql("delete from room_members")
        .await
        .unwrap();
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
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    let fail = json!({ "fail": { "topic": "room", "message": "Token has expired 0 seconds ago" } });
    project.control(fail).await;
    let interrupted = find(&mut room, |event| match event {
        Event::Interrupted(error) => Some(error.clone()),
        _ => None,
    });
    assert_eq!(interrupted.await.kind(), RealtimeErrorKind::NewToken);
    clock.pass(Duration::from_secs(2));
    find(&mut room, |event| {
        matches!(event, Event::Reconnected(_)).then_some(())
    })
    .await;
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
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    let other = SigningKey::hs256("another-secret-of-at-least-thirty-two-bytes");
    clients.rotate(other.unwrap());
    clock.pass(UNTIL_RENEWAL);
    let search = async {
        loop {
            match room.next().await.unwrap() {
                Ok(Event::Interrupted(_)) => clock.pass(Duration::from_secs(4)),
                Ok(_) => {}
                Err(Error::Realtime(error)) => return error,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let error = tokio::time::timeout(Duration::from_secs(20), search)
        .await
        .unwrap();
    assert_eq!(error.kind(), RealtimeErrorKind::NewToken);
    assert!(
        error.to_string().contains("compare the signing key"),
        "{error}"
    );
    assert!(project.tokens("refused join").await.len() <= 3);
}

#[tokio::test]
async fn closing_a_client_or_its_user_leaves_at_once() {
    let project = Project::start().await;
    let clients = project.clients();
    for closes_user in [false, true] {
        let alice = clients.get(ALICE).unwrap();
        let mut room = alice
            .realtime()
            .channel("room")
            .private()
            .subscribe()
            .await
            .unwrap();
        assert!(has_members(&project, 1).await);
        if closes_user {
            clients.close_user(ALICE).unwrap();
        } else {
            alice.close();
        }
        let error = ending(&mut room).await;
        assert!(
            matches!(error, Error::Client(ClientError::Closed)),
            "{error}"
        );
        assert!(has_members(&project, 0).await);
        let refused = alice.realtime().channel("room").subscribe().await;
        assert!(matches!(refused, Err(Error::Client(ClientError::Closed))));
        let refused = room.sender().send("x", &json!({})).await;
        assert!(matches!(refused, Err(Error::Client(ClientError::Closed))));
    }
}

#[tokio::test]
async fn a_client_whose_token_is_not_renewed_ends_with_it() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let clients = project.clients_with(clock.clone());
    let alice: ScopedClient = clients.user(ALICE).auto_refresh(false).client().unwrap();
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    clock.pass(Duration::from_secs(3601));
    let error = ending(&mut room).await;
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
    assert!(has_members(&project, 0).await);
}

#[tokio::test]
async fn the_forwarded_token_of_a_caller_ends_its_channels_with_it() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let clients = project.clients_with(clock.clone());
    let token = clients.get(ALICE).unwrap().token().unwrap();
    let header = format!("Bearer {}", token.expose_secret());
    let caller = clients.authenticate::<NoClaims>(&header).await.unwrap();
    let forwarded = caller.forward_token(&clients).unwrap();
    let mut room = forwarded
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    assert_eq!(project.tokens("join").await, [token.expose_secret()]);
    clock.pass(Duration::from_secs(3601));
    let error = ending(&mut room).await;
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
}

#[tokio::test]
async fn a_machine_that_slept_joins_with_a_new_token() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let mut room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    // Only the wall clock moves while a machine sleeps, and no timer fires.
    clock.jump(Duration::from_hours(2));
    project.control(json!({ "drop": null })).await;
    find(&mut room, |event| {
        matches!(event, Event::Interrupted(_)).then_some(())
    })
    .await;
    clock.pass(Duration::from_secs(3));
    find(&mut room, |event| {
        matches!(event, Event::Reconnected(_)).then_some(())
    })
    .await;
    let joins = project.tokens("join").await;
    let ends: Vec<u64> = joins.iter().map(|token| expires_at(token)).collect();
    assert!(ends[1] >= ends[0] + 7200, "{ends:?}");
    room.sender().send("x", &json!({})).await.unwrap();
}

#[tokio::test]
async fn no_token_is_in_the_address_or_the_headers_of_a_connection() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let room = alice
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await
        .unwrap();
    let token = alice.token().unwrap();
    let log = project.log().await;
    let opened = &log["sockets"][0];
    assert!(
        !opened.to_string().contains(token.expose_secret()),
        "{opened}"
    );
    let url = opened["url"].as_str().unwrap();
    assert_eq!(
        url,
        "/realtime/v1/websocket?apikey=sb%5Fpublishable%5Frealtime&vsn=2.0.0"
    );
    assert!(opened["headers"].get("authorization").is_none());
    assert!(
        opened["headers"]["user-agent"]
            .as_str()
            .unwrap()
            .starts_with("scoped-runtime/")
    );
    let shown = format!(
        "{room:?} {:?} {:?}",
        room.sender(),
        alice.realtime().channel("x")
    );
    assert!(!shown.contains("eyJ"), "{shown}");
}

#[tokio::test]
async fn the_channels_of_two_users_carry_each_their_own_token() {
    let project = Project::start().await;
    let clients = project.clients();
    let mut rooms = Vec::new();
    for user in [ALICE, BOB] {
        let client = clients.get(user).unwrap();
        let room = client
            .realtime()
            .channel("room")
            .private()
            .subscribe()
            .await
            .unwrap();
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
