use scoped_runtime::testing::__private::off_thread;
use serde_json::{Value, json};

use crate::{KitError, Result};

const STEP: &str = "jose";

/// Verifies an HS256 token with `jose` and returns its `header` and `payload`.
///
/// For an invalid token it returns an object with `error`, the error code of `jose`, such as
/// `ERR_JWT_EXPIRED`.
pub async fn decode_with_jose(token: &str, secret: &str) -> Result<Value> {
    let mut decoded = decode_all_with_jose(&[token], secret, None).await?;
    decoded
        .pop()
        .ok_or_else(|| KitError::new(STEP, "no answer"))
}

/// As [`decode_with_jose`], for many tokens in one run, and at the time `now` (Unix seconds) if it is
/// given.
pub async fn decode_all_with_jose(
    tokens: &[impl AsRef<str>],
    secret: &str,
    now: Option<u64>,
) -> Result<Vec<Value>> {
    let tokens: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    let input = json!({ "secret": secret, "tokens": tokens, "now": now });
    run("verify.mjs", input, secret).await
}

/// Mints HS256 tokens with `jose`, each with exactly the given claims: tokens that the library under test
/// refuses to make, and tokens for checks that must not depend on it.
pub async fn mint_with_jose(claims: &[Value], secret: &str) -> Result<Vec<String>> {
    let input = json!({ "secret": secret, "claims": claims });
    let tokens = run("mint.mjs", input, secret).await?;
    Ok(texts(&tokens))
}

/// As [`mint_with_jose`], with a private or `oct` JWK and its `alg` and `kid`.
///
/// The members of `header` replace the default ones; `null` removes one, and `"alg": "none"` leaves the
/// token unsigned.
pub async fn mint_with_key(claims: &[Value], key: &Value, header: &Value) -> Result<Vec<String>> {
    let input = json!({ "key": key, "header": header, "claims": claims });
    let tokens = run("mint.mjs", input, "").await?;
    Ok(texts(&tokens))
}

/// A signing key, and what a project needs to verify its tokens.
#[derive(Debug, Clone)]
pub struct KeyPair {
    /// A private or `oct` JWK with `kid` and `alg`.
    pub private: Value,
    /// The public JWK. For a shared secret it is the same as `private`.
    pub public: Value,
    /// The public key as PEM text; empty for a shared secret.
    pub pem: String,
}

/// Makes a key with `jose` for each of the `algorithms`, such as `ES256`.
pub async fn generate_keys(algorithms: &[&str]) -> Result<Vec<KeyPair>> {
    let keys = run("keys.mjs", json!(algorithms), "").await?;
    let pair = |key: &Value| KeyPair {
        private: key["private"].clone(),
        public: key["public"].clone(),
        pem: key["pem"].as_str().unwrap_or_default().to_owned(),
    };
    Ok(keys.iter().map(pair).collect())
}

fn texts(tokens: &[Value]) -> Vec<String> {
    tokens
        .iter()
        .filter_map(|token| token.as_str().map(str::to_owned))
        .collect()
}

async fn run(script: &'static str, input: Value, secret: &str) -> Result<Vec<Value>> {
    let secret = secret.to_owned();
    off_thread(STEP, move || {
        match crate::script::run(STEP, script, &input, &[&secret])? {
            Value::Array(values) => Ok(values),
            _ => Err(KitError::new(STEP, "the answer is not an array")),
        }
    })
    .await
}
