//! No token is in any log line, of any crate, at any level.

use scoped_runtime::testing::ManualClock;
use scoped_tests::Listener;
use serde_json::json;
use tracing::Level;

use crate::support::{ALICE, Project, broadcast, private_room};

#[tokio::test]
async fn tokens_are_in_no_log_line() {
    tracing_log::LogTracer::init().unwrap();
    // The task of the connection runs on this thread.
    let listener = Listener::start(Level::TRACE);

    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let room = private_room(&alice).broadcast(true, true);
    let mut room = room.subscribe().await.unwrap();
    room.sender().send("x", &json!({ "n": 1 })).await.unwrap();
    assert_eq!(broadcast(&mut room, "x").await["n"], 1);
    clock.pass(std::time::Duration::from_secs(3541));
    project.await_tokens("access_token", 1).await;
    let text = listener.text();
    assert!(text.contains("TRACE"), "something is logged");
    let tokens = [
        project.tokens("join").await,
        project.tokens("access_token").await,
    ]
    .concat();
    for token in tokens {
        let (_, signature) = token.rsplit_once('.').unwrap();
        assert!(!text.contains(signature), "a token is in a log line");
    }
}

#[tokio::test]
async fn no_token_is_in_the_address_or_the_headers_of_a_connection() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let room = private_room(&alice).subscribe().await.unwrap();
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
    // No compression is asked for: the server has none, and a compressed secret has a length that tells of it.
    for header in [
        "authorization",
        "apikey",
        "x-api-key",
        "sec-websocket-extensions",
    ] {
        assert!(opened["headers"].get(header).is_none(), "{header}");
    }
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
