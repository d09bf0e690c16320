//! Channels that end because their client is closed or its token is not renewed.

use std::time::Duration;

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{ClientError, Error, NoClaims, ScopedClient, TokenError};
use serde_json::json;

use crate::support::{ALICE, Project, ending, has_members, private_room};

#[tokio::test]
async fn closing_a_client_or_its_user_leaves_at_once() {
    let project = Project::start().await;
    let clients = project.clients();
    for closes_user in [false, true] {
        let alice = clients.get(ALICE).unwrap();
        let mut room = private_room(&alice).subscribe().await.unwrap();
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
async fn closing_a_client_ends_a_join_that_is_asked_for_on_a_connection_of_its_own() {
    // The server takes ten seconds to refuse a channel.
    let project = Project::with(json!({ "scale": 2 })).await;
    let alice = project.client(ALICE);
    let _other = alice.realtime().channel("other").subscribe().await.unwrap();
    let denied = alice.realtime().channel("a room of others").private();
    let joining = tokio::spawn(denied.subscribe());
    project.await_tokens("refused join", 1).await;
    alice.close();
    let joined = tokio::time::timeout(Duration::from_secs(5), joining).await;
    let joined = joined.expect("it ends at once").unwrap();
    assert!(matches!(joined, Err(Error::Client(ClientError::Closed))));
}

#[tokio::test]
async fn a_client_whose_token_is_not_renewed_ends_with_it() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let clients = project.clients_with(clock.clone());
    let alice: ScopedClient = clients.user(ALICE).auto_refresh(false).client().unwrap();
    let mut room = private_room(&alice).subscribe().await.unwrap();
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
    let mut room = private_room(&forwarded).subscribe().await.unwrap();
    assert_eq!(project.tokens("join").await, [token.expose_secret()]);
    clock.pass(Duration::from_secs(3601));
    let error = ending(&mut room).await;
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
}
