//! Tokens of real sessions: a sign-up at the local server, and the keys that its gateway publishes.

use scoped_runtime::{CallerError, NoClaims, ScopedClients, SigningKey};
use scoped_tests::{Gateway, LocalSupabase, generate_keys};
use serde_json::{Value, json};

use crate::verify::support::encode;

async fn server() -> &'static LocalSupabase {
    scoped_tests::shared().await.unwrap()
}

/// Signs up a new user and returns the access token and the user's ID.
async fn sign_up(gateway: &Gateway) -> (String, String) {
    let user = scoped_tests::new_user();
    let body = json!({ "email": format!("{user}@example.com"), "password": "a password" });
    let answer = reqwest::Client::new()
        .post(format!("{}/auth/v1/signup", gateway.url()))
        .header("apikey", gateway.api_key())
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let session: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let text = |value: &Value| value.as_str().expect("a session").to_owned();
    (text(&session["access_token"]), text(&session["user"]["id"]))
}

#[tokio::test]
async fn a_real_session_is_verified_with_the_legacy_secret() {
    let gateway = server().await.gateway().await.unwrap();
    let config = gateway.config_builder().jwt_secret(gateway.jwt_secret());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let (token, id) = sign_up(&gateway).await;
    let caller = clients
        .authenticate::<NoClaims>(&format!("Bearer {token}"))
        .await
        .unwrap();
    assert_eq!(caller.user_id().as_str(), id);
    assert!(caller.session_id().is_some());

    // The secret of another project.
    let other = server().await.gateway().await.unwrap();
    let config = gateway.config_builder().jwt_secret(other.jwt_secret());
    let stranger = ScopedClients::new(config.build().unwrap()).unwrap();
    let error = stranger
        .verifier()
        .verify::<NoClaims>(&token)
        .await
        .unwrap_err();
    assert!(matches!(error, CallerError::Signature), "{error}");
}

#[tokio::test]
async fn real_sessions_of_every_key_type_are_verified_and_see_their_own_rows() {
    for algorithm in ["ES256", "RS256", "EdDSA"] {
        let keys = generate_keys(&[algorithm]).await.unwrap();
        let gateway = server().await.gateway().await.unwrap();
        gateway.trust(&[keys[0].public.clone()]).await.unwrap();
        gateway.sign_sessions(&keys[0].private).await.unwrap();
        gateway.legacy_secret(false).await.unwrap();

        let key = SigningKey::from_jwk(&keys[0].private.to_string()).unwrap();
        let config = gateway.config_builder().signing_key(key);
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        let alice = caller(&clients, &gateway).await;
        let bob = caller(&clients, &gateway).await;

        let own = alice.forward_token(&clients).unwrap();
        let minted = alice.client(&clients).client().unwrap();
        let stranger = bob.forward_token(&clients).unwrap();
        let body = format!("of {}", encode(alice.user_id().as_str()));
        let note = json!({ "body": body });
        own.from("notes").insert(note).execute().await.unwrap();
        for (client, expected) in [(&own, 1), (&minted, 1), (&stranger, 0)] {
            let query = client.from("notes").select("body").eq("body", &body);
            let rows: Vec<Value> = query.fetch().await.unwrap();
            assert_eq!(rows.len(), expected, "{algorithm}");
        }
    }
}

async fn caller(clients: &ScopedClients, gateway: &Gateway) -> scoped_runtime::Caller {
    let (token, id) = sign_up(gateway).await;
    let caller = clients.verifier().verify::<NoClaims>(&token).await.unwrap();
    assert_eq!(caller.user_id().as_str(), id);
    caller
}
