//! Gateways for single tests, and requests to them.

use std::time::SystemTime;

use scoped_tests::{Gateway, KeyPair, LocalSupabase, generate_keys, mint_with_jose, mint_with_key};
use serde_json::{Value, json};

/// The algorithms of the keys that a project can have beside its legacy secret.
pub(crate) const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "EdDSA", "HS256"];

#[expect(
    clippy::disallowed_methods,
    reason = "the server checks tokens by the real clock"
)]
pub(crate) fn now() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_secs()).unwrap()
}

pub(crate) async fn server() -> &'static LocalSupabase {
    scoped_tests::shared().await.unwrap()
}

/// A gateway that trusts only its legacy secret.
pub(crate) async fn gateway() -> Gateway {
    server().await.gateway().await.unwrap()
}

/// A gateway that trusts one key of each of `algorithms` and not its legacy secret.
pub(crate) async fn gateway_with(algorithms: &[&str]) -> (Gateway, Vec<KeyPair>) {
    let keys = generate_keys(algorithms).await.unwrap();
    let gateway = gateway().await;
    gateway.trust(&public(&keys)).await.unwrap();
    gateway.legacy_secret(false).await.unwrap();
    (gateway, keys)
}

pub(crate) fn public(keys: &[KeyPair]) -> Vec<Value> {
    keys.iter().map(|key| key.public.clone()).collect()
}

/// A user ID that no other test uses.
pub(crate) fn new_user() -> String {
    scoped_tests::new_user().to_string()
}

/// The claims of a user, replaced or extended by `more`; `null` stays `null`.
pub(crate) fn claims(user: &str, more: &Value) -> Value {
    let mut claims = json!({
        "sub": user, "role": "authenticated", "aud": "authenticated",
        "iat": now() - 5, "exp": now() + 600,
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// A token of a new user, with these changes to the header and the claims.
pub(crate) async fn token(key: &KeyPair, header: Value, more: Value) -> String {
    let claims = [claims(&new_user(), &more)];
    let tokens = mint_with_key(&claims, &key.private, &header).await;
    tokens.unwrap().remove(0)
}

pub(crate) async fn legacy_token(secret: &str, more: Value) -> String {
    let claims = [claims(&new_user(), &more)];
    mint_with_jose(&claims, secret).await.unwrap().remove(0)
}

/// Returns a token of the key and a token of the legacy secret for each change to the claims.
pub(crate) async fn tokens_of_both(
    key: &KeyPair,
    secret: &str,
    changes: impl Iterator<Item = &Value>,
) -> Vec<(String, String)> {
    let user = new_user();
    let claims: Vec<Value> = changes.map(|more| claims(&user, more)).collect();
    let header = json!({});
    let (by_key, by_secret) = tokio::join!(
        mint_with_key(&claims, &key.private, &header),
        mint_with_jose(&claims, secret),
    );
    by_key
        .unwrap()
        .into_iter()
        .zip(by_secret.unwrap())
        .collect()
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) body: Value,
}

/// Sends a request with these headers; with a row it is a POST.
pub(crate) async fn send(url: String, headers: &[(&str, &str)], row: Option<Value>) -> Answer {
    let client = reqwest::Client::new();
    let mut request = match row {
        None => client.get(url),
        Some(row) => client
            .post(url)
            .header("content-type", "application/json")
            .header("prefer", "return=representation")
            .body(row.to_string()),
    };
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let challenge = answer.headers().get("www-authenticate");
    Answer {
        status: answer.status().as_u16(),
        challenge: challenge.map(|it| it.to_str().unwrap().to_owned()),
        body: serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    }
}

/// Sends a request to the Data API with the publishable key and this token.
pub(crate) async fn rest(gateway: &Gateway, token: &str, path: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [
        ("apikey", gateway.api_key()),
        ("authorization", &authorization),
    ];
    send(format!("{}/rest/v1/{path}", gateway.url()), &headers, None).await
}

/// Returns the status of a request that any valid token is allowed to make.
pub(crate) async fn status(gateway: &Gateway, token: &str) -> u16 {
    rest(gateway, token, "notes").await.status
}
