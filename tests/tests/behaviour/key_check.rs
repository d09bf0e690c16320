//! Whether the project knows our key is asked before it is found out.

use scoped_runtime::{Error, KeyCheck, ScopedClients, SigningKey};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::{KEY, config, header, only, server};

/// A key of the Supabase CLI.
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

async fn answering(keys: Value) -> wiremock::MockServer {
    server(ResponseTemplate::new(200).set_body_json(json!({ "keys": keys }))).await
}

#[tokio::test]
async fn a_key_that_is_listed_is_known_and_no_token_is_sent_to_ask() {
    let server = answering(json!([{"kid": "other"}, key().public_jwk()])).await;
    let checked = project(&server.uri(), key()).check_keys().await;
    assert_eq!(checked.unwrap(), KeyCheck::Listed);
    let request = only(&server).await;
    assert_eq!(request.url.path(), "/auth/v1/.well-known/jwks.json");
    assert_eq!(header(&request, "apikey"), KEY);
    assert_eq!(header(&request, "authorization"), "");
}

#[tokio::test]
async fn a_key_that_is_not_listed_or_another_one_says_what_to_do() {
    let mut foreign = key().public_jwk().unwrap();
    foreign["x"] = "AAAA".into();
    let kid = key().key_id().unwrap().to_owned();
    for (keys, reason) in [
        (json!([]), "does not list (it lists none)"),
        (json!([{"kid": "a"}, {"kid": "b"}]), "(it lists a, b)"),
        (json!([foreign]), "lists another key"),
    ] {
        let server = answering(keys).await;
        let error = project(&server.uri(), key()).check_keys().await;
        let Error::Configuration(error) = error.unwrap_err() else {
            panic!("a problem of the configuration");
        };
        assert_eq!(error.field(), "signing_key");
        assert!(
            error.reason().contains(&kid) && error.reason().contains(reason),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_shared_secret_is_listed_nowhere_and_not_asked_for() {
    let server = answering(json!([])).await;
    let config = config(&server.uri()).build().unwrap();
    let checked = ScopedClients::new(config).unwrap().check_keys().await;
    assert_eq!(checked.unwrap(), KeyCheck::SharedSecret);
    assert!(crate::support::arrived(&server).await.is_empty());
}

#[tokio::test]
async fn a_project_that_does_not_answer_is_an_error_of_its_own() {
    let server = server(ResponseTemplate::new(503)).await;
    let error = project(&server.uri(), key())
        .check_keys()
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_ping_finds_out_whether_the_api_believes_a_shared_secret() {
    for (status, code, is_fine, field) in [
        (404, "PGRST205", true, ""),
        (404, "42P01", true, ""),
        (200, "", true, ""),
        (401, "PGRST301", false, "jwt_secret"),
        (401, "PGRST302", false, "jwt_secret"),
        // Not an answer of the API's: the URL leads elsewhere, or the API is down.
        (404, "", false, ""),
        (503, "PGRST001", false, ""),
        (401, "", false, ""),
    ] {
        let body = json!({ "code": code, "message": "a message" });
        let server = server(ResponseTemplate::new(status).set_body_json(body)).await;
        let config = config(&server.uri()).build().unwrap();
        let outcome = ScopedClients::new(config).unwrap().ping().await;
        assert_eq!(outcome.is_ok(), is_fine, "{status} {code}: {outcome:?}");
        if !field.is_empty() {
            let Err(Error::Configuration(error)) = &outcome else {
                panic!("{outcome:?}");
            };
            assert_eq!(error.field(), field);
            assert!(error.reason().contains(code), "{error}");
        }
        let request = crate::support::arrived(&server).await.remove(0);
        let claims = crate::support::verified(crate::support::bearer(&request));
        assert_eq!(claims["sub"], "00000000-0000-0000-0000-000000000000");
        assert_eq!(claims["act"], json!({ "sub": "scoped-runtime" }));
        assert_eq!(claims["role"], "authenticated");
    }
}

#[tokio::test]
async fn a_ping_obeys_the_mint_policy() {
    use std::time::Duration;

    use scoped_runtime::{MintPolicy, Role};

    let policy = MintPolicy::new()
        .roles([Role::new("reporting").unwrap()])
        .max_lifetime(Duration::from_secs(30))
        .require_actor();
    let body = json!({ "code": "PGRST205", "message": "a message" });
    let server = server(ResponseTemplate::new(404).set_body_json(body)).await;
    let clients = |policy| {
        let config = config(&server.uri()).mint_policy(policy).build();
        ScopedClients::new(config.unwrap()).unwrap()
    };
    clients(policy.clone()).ping().await.unwrap();
    let refusing = policy.refuse_subjects(|user| *user == "00000000000000000000000000000000");
    clients(refusing).ping().await.unwrap_err();
    assert_eq!(crate::support::arrived(&server).await.len(), 1);
}
