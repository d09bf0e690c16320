//! Connections and channels that are refused, lost and joined again, with a clock that the test moves.

use std::time::Duration;

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{Error, RealtimeErrorKind};
use serde_json::json;

use crate::support::{ALICE, Project, World, ending, is_silent, while_passing};

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
    // Refusals of the HTTP server in front have no body.
    for status in [403, 414, 431] {
        let refuse = json!({ "misbehave": { "refuse": { "status": status } } });
        project.control(refuse).await;
        let refused = alice.realtime().channel("room").subscribe().await;
        let Err(Error::Realtime(error)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.reason(), "the server gives no reason");
    }
}

#[tokio::test]
async fn an_api_key_that_the_server_does_not_know_is_refused_in_its_words() {
    let project = Project::start().await;
    let config = project
        .config()
        .api_key("sb_publishable_of_another_project");
    let clients = scoped_runtime::ScopedClients::new(config.build().unwrap()).unwrap();
    let alice = clients.get(ALICE).unwrap();
    let refused = alice.realtime().channel("room").subscribe().await;
    let Err(Error::Realtime(error)) = refused else {
        panic!("{refused:?}")
    };
    let seen = (error.status(), error.kind());
    assert_eq!(seen, (Some(401), RealtimeErrorKind::Permanent));
    assert_eq!(error.reason(), "The token provided is not a valid JWT");
    assert!(!error.to_string().contains("sb_publishable"), "{error}");
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
    project.misbehave(json!({ "accept": false })).await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let joining = tokio::spawn(alice.realtime().channel("room").subscribe());
    let joined = while_passing(&clock, Duration::from_secs(31), joining).await;
    let error = joined.unwrap().unwrap_err();
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
