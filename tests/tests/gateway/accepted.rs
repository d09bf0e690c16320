//! Tokens of every key type act as their user.

use scoped_runtime::{ScopedClients, SigningKey};
use scoped_tests::{KeyPair, generate_keys, mint_with_jose, mint_with_key};
use serde_json::{Value, json};

use crate::support::{
    ALGORITHMS, claims, gateway, gateway_with, legacy_token, new_user, now, public, rest, send,
    status, token, tokens_of_both,
};

/// Twelve users each write a note and read at the same time. Each sees only their own note.
async fn twelve_users_stay_apart(url: &str, api_key: &str, users: Vec<(String, String)>) {
    assert_eq!(users.len(), 12);
    let tasks = users.into_iter().map(|(user, token)| {
        let (notes, api_key) = (format!("{url}/rest/v1/notes"), api_key.to_owned());
        tokio::spawn(async move {
            let bearer = format!("Bearer {token}");
            let headers = [("apikey", &*api_key), ("authorization", &*bearer)];
            let written = send(notes.clone(), &headers, Some(json!({ "body": user }))).await;
            assert_eq!(written.status, 201, "{written:?}");
            for _ in 0..4 {
                let read = send(format!("{notes}?select=owner,body"), &headers, None).await;
                assert_eq!(read.body, json!([{ "owner": user, "body": user }]));
            }
            let foreign = json!({ "body": "x", "owner": new_user() });
            let refused = send(notes, &headers, Some(foreign)).await;
            assert_eq!(
                (refused.status, &refused.body["code"]),
                (403, &json!("42501"))
            );
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

fn users() -> (Vec<String>, Vec<Value>) {
    let users: Vec<String> = (0..12).map(|_| new_user()).collect();
    let claims = users.iter().map(|user| claims(user, &json!({})));
    let claims = claims.collect();
    (users, claims)
}

#[tokio::test]
async fn twelve_users_with_tokens_of_each_algorithm_see_their_own_rows_only() {
    let (gateway, keys) = gateway_with(&ALGORITHMS).await;
    for key in &keys {
        let (users, claims) = users();
        let tokens = mint_with_key(&claims, &key.private, &json!({}))
            .await
            .unwrap();
        let users = users.into_iter().zip(tokens).collect();
        twelve_users_stay_apart(gateway.url(), gateway.api_key(), users).await;
    }
}

#[tokio::test]
async fn twelve_users_with_tokens_of_the_legacy_secret_see_their_own_rows_only() {
    let gateway = gateway().await;
    let (users, claims) = users();
    let tokens = mint_with_jose(&claims, gateway.jwt_secret()).await.unwrap();
    let users = users.into_iter().zip(tokens).collect();
    twelve_users_stay_apart(gateway.url(), gateway.api_key(), users).await;
}

#[tokio::test]
async fn the_database_sees_the_claims_unchanged() {
    let (gateway, keys) = gateway_with(&["ES256"]).await;
    let claims = claims(
        &new_user(),
        &json!({ "app_metadata": { "é": [null, {}, [], 1.5] }, "nbf": now() }),
    );
    let token = mint_with_key(std::slice::from_ref(&claims), &keys[0].private, &json!({})).await;
    let seen = rest(&gateway, &token.unwrap()[0], "rpc/whoami").await;
    assert_eq!((seen.status, seen.body), (200, claims));
}

#[tokio::test]
async fn a_token_without_a_key_id_is_tried_with_every_key_of_its_type() {
    let (gateway, keys) = gateway_with(&["ES256", "ES256", "RS256", "EdDSA", "HS256"]).await;
    for key in &keys {
        let token = token(key, json!({ "kid": null }), json!({})).await;
        assert_eq!(status(&gateway, &token).await, 200, "{}", key.public["alg"]);
    }
}

#[tokio::test]
async fn a_key_without_an_algorithm_verifies_tokens_of_its_type() {
    let (gateway, mut keys) = gateway_with(&["RS256"]).await;
    keys[0].public.as_object_mut().unwrap().remove("alg");
    gateway.trust(&public(&keys)).await.unwrap();
    assert_eq!(
        status(&gateway, &token(&keys[0], json!({}), json!({})).await).await,
        200
    );
}

#[tokio::test]
async fn a_jwk_with_a_short_coordinate_of_the_cli_is_accepted() {
    let key = json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "short",
        "x": "AABDXnbsdOmf68hPwRHkDy6kLxFOlQxmVT76Z_Ig3OQ",
        "y": "IWCE19mxA2pidDEGBhh7BakpGv3AGRNKf2_wzHTKgj4",
        "d": "4ib7S5hoEC-bPweQrIWYQYZjlNqVsjKYZlTiUFq1HeE",
    });
    let mut public = key.clone();
    public["x"] = json!("Q1527HTpn-vIT8ER5A8upC8RTpUMZlU--mfyINzk");
    let gateway = gateway().await;
    gateway.trust(&[public.clone()]).await.unwrap();
    let key = KeyPair {
        private: key,
        public,
        pem: String::new(),
    };
    assert_eq!(
        status(&gateway, &token(&key, json!({}), json!({})).await).await,
        200
    );
}

#[tokio::test]
async fn a_scoped_client_works_through_a_gateway_of_its_own() {
    let gateway = gateway().await;
    let config = gateway.config_builder().jwt_secret(gateway.jwt_secret());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(new_user()).unwrap();
    let note = client.from("notes").insert(json!({ "body": "hello" }));
    assert_eq!(note.fetch_one::<Value>().await.unwrap()["body"], "hello");
}

#[tokio::test]
async fn a_scoped_client_signs_with_each_kind_of_key() {
    let (gateway, keys) = gateway_with(&ALGORITHMS).await;
    for key in &keys {
        let signing = SigningKey::from_jwk(&key.private.to_string()).unwrap();
        let config = gateway.config_builder().signing_key(signing);
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        let client = clients.get(new_user()).unwrap();
        let note = client.from("notes").insert(json!({ "body": "hello" }));
        let note: Value = note.fetch_one().await.unwrap();
        assert_eq!(note["owner"], client.user_id().as_str());
    }
}

/// Times within PostgREST's 30 seconds of leeway, although Lite itself has none.
#[tokio::test]
async fn times_within_the_leeway_are_accepted() {
    let legacy = gateway().await;
    let (gateway, keys) = gateway_with(&["ES256"]).await;
    let changes = [
        json!({ "exp": now() - 20 }),
        json!({ "exp": now() }),
        json!({ "iat": now() + 20 }),
        json!({ "nbf": now() + 20 }),
        json!({ "iat": now() + 20, "nbf": now() + 20, "exp": now() - 20 }),
        json!({ "iat": null, "nbf": null, "exp": null, "aud": null }),
        json!({ "iat": 1.5, "nbf": 2e12 + 0.5 }),
        json!({ "aud": [] }),
    ];
    let tokens = tokens_of_both(&keys[0], legacy.jwt_secret(), changes.iter()).await;
    for (change, (by_key, by_secret)) in changes.iter().zip(tokens) {
        assert_eq!(status(&gateway, &by_key).await, 200, "{change}");
        assert_eq!(status(&legacy, &by_secret).await, 200, "{change}");
    }
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case() {
    let gateway = gateway().await;
    let token = legacy_token(gateway.jwt_secret(), json!({})).await;
    for scheme in ["Bearer", "bearer", "BEARER "] {
        let authorization = format!("{scheme} {token}");
        let headers = [
            ("apikey", gateway.api_key()),
            ("authorization", &authorization),
        ];
        let answer = send(format!("{}/rest/v1/notes", gateway.url()), &headers, None).await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn two_gateways_share_no_key() {
    let keys = generate_keys(&["ES256", "HS256"]).await.unwrap();
    let (one, other) = (gateway().await, gateway().await);
    assert_ne!(
        (one.url(), one.jwt_secret()),
        (other.url(), other.jwt_secret())
    );
    one.trust(&public(&keys)).await.unwrap();
    for key in &keys {
        let token = token(key, json!({}), json!({})).await;
        assert_eq!(
            (status(&one, &token).await, status(&other, &token).await),
            (200, 401)
        );
    }
    let token = legacy_token(one.jwt_secret(), json!({})).await;
    assert_eq!(
        (status(&one, &token).await, status(&other, &token).await),
        (200, 401)
    );
}
