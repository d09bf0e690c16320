//! Clients of a caller: minted, or with the caller's token forwarded.

use std::time::Duration;

use scoped_runtime::{
    ClientError, Error, MintPolicy, ScopedClient, ScopedClients, VerifierOptions,
};
use scoped_tests::ManualClock;
use serde_json::json;

use crate::verify::support::{ALICE, Issuer, KID, START, builder, claims, own_key, set, verify};
use crate::verify::world::World;

#[tokio::test]
async fn a_minted_client_has_only_the_verified_claims() {
    let world = World::new().await;
    let act = json!({ "sub": "agent-7" });
    let token = world.token(
        &json!({ "aal": "aal2", "role": "reporting", "is_anonymous": true,
        "act": act, "unverified": "extra" }),
    );
    let client = world
        .caller(&token)
        .await
        .client(&world.clients)
        .client()
        .unwrap();
    assert_eq!(client.claims().tenant_id, "acme");

    let minted = client.token().unwrap();
    assert_ne!(minted.expose_secret(), token);
    let minted = minted.claims();
    assert_eq!(minted["sub"], ALICE);
    assert_eq!(minted["role"], "reporting");
    assert_eq!(minted["tenant_id"], "acme");
    assert_eq!(
        minted["is_anonymous"], true,
        "an anonymous caller stays anonymous"
    );
    assert_eq!(
        minted["aal"], "aal1",
        "the user did not sign in for a minted token"
    );
    assert_eq!(minted["act"], act);
    assert!(!minted.contains_key("unverified"));
    assert!(!minted.contains_key("session_id"));
    assert_eq!(world.mints(), 1);
    let narrowed = client
        .narrow()
        .expires_in(Duration::from_mins(1))
        .client()
        .unwrap();
    assert_eq!(narrowed.token().unwrap().claims()["is_anonymous"], true);
}

#[tokio::test]
async fn anonymous_and_permanent_callers_share_no_token() {
    let world = World::new().await;
    let anonymous = world.token(&json!({ "is_anonymous": true }));
    let permanent = world.token(&json!({}));
    for (token, expected) in [(&anonymous, true), (&permanent, false), (&anonymous, true)] {
        let client = world
            .caller(token)
            .await
            .client(&world.clients)
            .client()
            .unwrap();
        assert_eq!(client.token().unwrap().claims()["is_anonymous"], expected);
    }
    assert_eq!(world.mints(), 2);
}

#[tokio::test]
async fn a_client_for_a_caller_keeps_is_anonymous() {
    let world = World::new().await;
    for anonymous in [true, false] {
        let token = world.token(&json!({ "is_anonymous": anonymous }));
        let caller = world.caller(&token).await;
        let client = world.clients.user(&caller).claim("a", 1).client().unwrap();
        let minted = client.token().unwrap().claims();
        assert_eq!(minted["is_anonymous"], anonymous);
    }
}

#[tokio::test]
async fn a_minted_client_has_at_most_the_lifetime_of_the_mint_policy() {
    let issuer = Issuer::new(KID);
    let policy = MintPolicy::new().max_lifetime(Duration::from_mins(15));
    let config = builder(&ManualClock::at(START))
        .signing_key(own_key())
        .mint_policy(policy)
        .verifier_options(VerifierOptions::new().jwks(set(&[&issuer])));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let token = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    let minted = caller
        .client(&clients)
        .client()
        .unwrap()
        .token()
        .unwrap()
        .claims();
    assert_eq!(minted["exp"], START + 900);
}

#[tokio::test]
async fn with_require_actor_the_caller_is_the_default_actor() {
    let issuer = Issuer::new(KID);
    let config = builder(&ManualClock::at(START))
        .signing_key(own_key())
        .mint_policy(MintPolicy::new().require_actor())
        .verifier_options(VerifierOptions::new().jwks(set(&[&issuer])));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let token = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &token).await.unwrap();

    let own = caller.client(&clients).client().unwrap();
    let named = caller.client(&clients).actor("export-job");
    let named = named.client().unwrap();

    let actor = |client: &ScopedClient| client.token().unwrap().claims()["act"]["sub"].clone();
    assert_eq!(actor(&own), caller.user_id().as_str());
    assert_eq!(actor(&named), "export-job");
}

#[tokio::test]
async fn several_requests_of_one_caller_mint_one_token() {
    let world = World::new().await;
    for _ in 0..10 {
        let caller = world.caller(&world.token(&json!({}))).await;
        let client = caller.client(&world.clients).client().unwrap();
        client.from("notes").select("*").execute().await.unwrap();
    }
    assert_eq!(world.mints(), 1);
}

#[tokio::test]
async fn close_user_closes_minted_and_forwarded_clients() {
    let world = World::new().await;
    let caller = world.caller(&world.token(&json!({}))).await;
    let minted = caller.client(&world.clients).client().unwrap();
    let forwarded = caller.forward_token(&world.clients).unwrap();
    world.clients.close_user(&caller).unwrap();
    for client in [minted, forwarded] {
        let error = client.from("notes").execute().await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Closed)),
            "{error}"
        );
    }
    assert!(world.bearers().is_empty());
}
