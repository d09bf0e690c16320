//! `check_keys` tells whether the project lists our key, before a token is refused.

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{Error, KeyCheck, ScopedClients, SigningKey};
use serde_json::{Value, json};

use crate::support::{KEY, config, server};

/// A key that the Supabase CLI made.
fn key() -> SigningKey {
    let golden = include_str!("../../golden/bearer-jwt.json");
    let golden: Value = serde_json::from_str(golden).unwrap();
    SigningKey::from_jwk(&golden["jwk"].to_string()).unwrap()
}

fn project(url: &str, key: SigningKey) -> ScopedClients {
    let config = scoped_runtime::Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key(KEY)
        .signing_key(key);
    ScopedClients::new(config.build().unwrap()).unwrap()
}

async fn answering(keys: Value) -> Recorder {
    server(Answer::from(json!({ "keys": keys }))).await
}

#[tokio::test]
async fn check_keys_finds_a_listed_key_and_sends_no_token() {
    let server = answering(json!([{"kid": "other"}, key().public_jwk()])).await;
    let checked = project(&server.url(), key()).check_keys().await;
    assert_eq!(checked.unwrap(), KeyCheck::Listed);
    let request = server.only_request();
    assert_eq!(request.path(), "/auth/v1/.well-known/jwks.json");
    assert_eq!(request.header("apikey"), Some(KEY));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn check_keys_reports_a_missing_and_a_different_key_with_its_kid() {
    let mut foreign = key().public_jwk().unwrap();
    foreign["x"] = "AAAA".into();
    let kid = key().key_id().unwrap().to_owned();
    for (keys, reason) in [
        (json!([]), "does not list (it lists none)"),
        (json!([{"kid": "a"}, {"kid": "b"}]), "(it lists a, b)"),
        (json!([foreign]), "lists another key"),
    ] {
        let server = answering(keys).await;
        let error = project(&server.url(), key()).check_keys().await;
        let Error::Configuration(error) = error.unwrap_err() else {
            panic!("expected a configuration error");
        };
        assert_eq!(error.field(), "signing_key");
        assert!(
            error.reason().contains(&kid) && error.reason().contains(reason),
            "{error}"
        );
    }
}

#[tokio::test]
async fn check_keys_sends_no_request_for_a_shared_secret() {
    let server = answering(json!([])).await;
    let config = config(&server.url()).build().unwrap();
    let checked = ScopedClients::new(config).unwrap().check_keys().await;
    assert_eq!(checked.unwrap(), KeyCheck::SharedSecret);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn check_keys_gives_a_transient_error_if_the_project_is_unavailable() {
    let server = server(Answer::new(503)).await;
    let error = project(&server.url(), key())
        .check_keys()
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error}");
}
