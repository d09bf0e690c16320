//! Clients that send the token of their caller.

use std::time::Duration;

use scoped_runtime::testing::Answer;
use scoped_runtime::{Error, TokenError};
use serde_json::json;

use crate::verify::support::{START, own_key};
use crate::verify::world::World;

#[tokio::test]
async fn a_forwarded_token_is_sent_unchanged() {
    let world = World::new().await;
    let token = world.token(&json!({ "exp": START + 60 }));
    let client = world.forwarded(&token).await;
    client.from("notes").select("*").execute().await.unwrap();
    assert_eq!(world.bearers(), [&*token]);
    assert_eq!(client.token().unwrap().expose_secret(), token);
    assert_eq!(
        world.mints(),
        0,
        "nothing is minted, so nothing is recorded"
    );
    assert!(!format!("{client:?}").contains(&token));
}

#[tokio::test]
async fn a_forwarded_token_expires_and_is_never_renewed() {
    let world = World::new().await;
    let token = world.token(&json!({ "exp": START + 60 }));
    let client = world.forwarded(&token).await;
    world
        .clients
        .rotate(scoped_runtime::Rotation::from(own_key()).at_once());
    world.clock.pass(Duration::from_secs(59));
    client.from("notes").select("*").execute().await.unwrap();

    world.clock.pass(Duration::from_secs(1));
    let sent = client.from("notes").select("*").execute().await;
    assert!(
        matches!(sent, Err(Error::Token(TokenError::Expired))),
        "{sent:?}"
    );
    assert!(matches!(
        client.token(),
        Err(Error::Token(TokenError::Expired))
    ));
    let narrowed = client.narrow().client().unwrap_err();
    assert!(
        matches!(narrowed, Error::Token(TokenError::Forwarded)),
        "{narrowed}"
    );
    assert_eq!(world.bearers().len(), 1);
    assert_eq!(world.mints(), 0);

    // The verifier has a leeway, but the client has none and fails at once.
    let late = world.forwarded(&token).await;
    assert!(matches!(
        late.token(),
        Err(Error::Token(TokenError::Expired))
    ));
}

#[tokio::test]
async fn a_forwarded_token_that_is_refused_as_expired_is_not_replaced() {
    let world = World::new().await;
    world.server.answer(Answer::expired_token());
    let token = world.token(&json!({}));
    let client = world.forwarded(&token).await;
    let error = client
        .from("notes")
        .select("*")
        .execute()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Api(error) if error.is_expired_token()));
    assert_eq!(world.bearers(), [token]);
}

#[tokio::test]
async fn a_forwarded_token_cannot_write_to_auth() {
    let world = World::new().await;
    let caller = world.caller(&world.token(&json!({}))).await;
    let client = caller.forward_token(&world.clients).unwrap();
    let request = client.request("POST", "auth/v1/logout");
    assert!(matches!(request.execute().await, Err(Error::Client(_))));
    assert!(world.bearers().is_empty());
}
