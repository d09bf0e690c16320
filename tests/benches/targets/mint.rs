//! Measures minting against the bare signature and against `jsonwebtoken`.
//!
//! A mint is forced the way that users meet it: the clock moves past the expiry of the token and `token()`
//! is called. Nothing is subtracted, so the time includes the check of the old token, the lock, publishing
//! the new token, and wiping and freeing the old one.

use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use jsonwebtoken::{EncodingKey, Header, encode};
use scoped_runtime::{AccessToken, ScopedClient, SigningKey};
use serde::Serialize;
use serde_json::Value;

use crate::measure::{Bench, SHORT, Side, calls};
use crate::project::{FastClock, SECRET, Tenant, URL, client, clients, config, hs256};
use crate::table::{Row, at_most, time};

/// The claims of our tokens, as a program that calls `jsonwebtoken` would declare them.
#[derive(Serialize)]
struct Claims {
    sub: String,
    role: &'static str,
    aud: &'static str,
    iss: String,
    aal: &'static str,
    is_anonymous: bool,
    permissions: Vec<String>,
    plan: String,
    region: String,
    seats: u32,
    organisation: String,
    iat: u64,
    exp: u64,
    jti: String,
}

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let mut rows = hs256_rows(bench);
    rows.push(es256_row(bench));
    rows
}

fn hs256_rows(bench: &mut Bench) -> Vec<Row> {
    let (clock, client) = unshared(hs256());
    let token = client.token().expect("a token");
    let input = signing_input(token.expose_secret());
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let claims = claims(&token);
    let payload = serde_json::to_vec(&claims).expect("JSON").len();
    let (header, encoding_key) = (
        Header::default(),
        EncodingKey::from_secret(SECRET.as_bytes()).expect("a secret"),
    );

    let measured = bench.measure(
        "mint HS256",
        SHORT,
        vec![
            minting(&clock, &client),
            calls(|| hmac::sign(&key, input.as_bytes())),
            calls(|| encode(&header, &claims, &encoding_key).expect("a token")),
        ],
    );
    let mint = time(measured.fastest(0));
    vec![
        at_most(
            format!("mint HS256, claims of {payload} bytes, to one raw HMAC-SHA256"),
            measured.ratio(0, 1),
            2.0,
            format!("{mint} to {}", time(measured.fastest(1))),
        ),
        at_most(
            "mint HS256 to `jsonwebtoken::encode` of the same claims (its `jti` made before)",
            measured.ratio(0, 2),
            0.75,
            format!("{mint} to {}", time(measured.fastest(2))),
        ),
    ]
}

fn es256_row(bench: &mut Bench) -> Row {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let (clock, client) = unshared(SigningKey::from_jwk(&jwk(&pair)).expect("a key"));
    let input = signing_input(client.token().expect("a token").expose_secret());
    let random = SystemRandom::new();
    let raw = calls(|| pair.sign(&random, input.as_bytes()).expect("a signature"));
    let measured = bench.measure("mint ES256", SHORT, vec![minting(&clock, &client), raw]);
    at_most(
        "mint ES256 to one raw aws-lc-rs signature with a cached key",
        measured.ratio(0, 1),
        1.2,
        format!(
            "{} to {}",
            time(measured.fastest(0)),
            time(measured.fastest(1))
        ),
    )
}

/// A client whose session is not shared, and its clock.
pub(crate) fn unshared(key: SigningKey) -> (FastClock, ScopedClient<Tenant>) {
    let clock = FastClock::new();
    let config = config(URL, key).clock(clock.clone()).shared_sessions(0);
    (clock, client(&clients(config)))
}

/// A side that mints in every call.
pub(crate) fn minting<'a>(clock: &'a FastClock, client: &'a ScopedClient<Tenant>) -> Side<'a> {
    calls(|| {
        clock.expire();
        client.token().expect("a token")
    })
}

pub(crate) fn signing_input(token: &str) -> String {
    let (input, _) = token.rsplit_once('.').expect("a JWT");
    input.to_owned()
}

fn claims(token: &AccessToken) -> Claims {
    let claims = token.claims();
    let text = |name: &str| claims[name].as_str().expect("text").to_owned();
    let number = |name: &str| claims[name].as_u64().expect("a number");
    let Tenant {
        organisation,
        plan,
        region,
        seats,
        permissions,
    } = Tenant::acme();
    let all = Claims {
        sub: text("sub"),
        role: "authenticated",
        aud: "authenticated",
        iss: text("iss"),
        aal: "aal1",
        is_anonymous: false,
        permissions,
        plan,
        region,
        seats,
        organisation,
        iat: number("iat"),
        exp: number("exp"),
        jti: text("jti"),
    };
    let same = serde_json::to_value(&all).expect("JSON");
    assert_eq!(same, Value::Object(claims.clone()), "both mint the same");
    all
}

/// A new key, as a private JWK (RFC 7518, section 6.2) and as a signing key.
pub(crate) fn es256() -> (Value, SigningKey) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let jwk: Value = serde_json::from_str(&jwk(&pair)).expect("JSON");
    let key = SigningKey::from_jwk(&jwk.to_string()).expect("a key");
    (jwk, key)
}

/// A private JWK (RFC 7518, section 6.2).
fn jwk(pair: &EcdsaKeyPair) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let private: EcPrivateKeyBin = pair.private_key().as_be_bytes().expect("a private key");
    // The uncompressed point (SEC 1, section 2.3.3).
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let [d, x, y] = [private.as_ref(), x, y].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    serde_json::json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "d": d, "x": x, "y": y,
        "kid": "a2b6c0d4-0b0a-4d53-9a0c-1f7f2f1e7a10",
    })
    .to_string()
}
