//! Refused requests get the error of PostgREST.

use scoped_tests::{Gateway, KeyPair, generate_keys, mint_with_jose};
use serde_json::{Value, json};

use crate::support::{
    ALGORITHMS, Answer, claims, gateway, gateway_with, legacy_token, new_user, now, rest, send,
    server, token, tokens_of_both,
};

/// The code, the message and the details of an error.
type Refusal<'a> = (&'a str, &'a str, Option<&'a str>);

const KEY: &str = "No suitable key or wrong key type";
const NO_KEY: Refusal<'_> = (
    "PGRST301",
    KEY,
    Some("No suitable key was found to decode the JWT"),
);
const WRONG_KEY: Refusal<'_> = (
    "PGRST301",
    KEY,
    Some("None of the keys was able to decode the JWT"),
);
const NO_TOKEN: Refusal<'_> = ("PGRST302", "Anonymous access is disabled", None);

fn assert_refused(answer: &Answer, (code, message, details): Refusal<'_>) {
    let body = json!({ "code": code, "details": details, "hint": null, "message": message });
    assert_eq!((answer.status, &answer.body), (401, &body));
    let challenge = match code {
        "PGRST302" => "Bearer".to_owned(),
        _ => format!("Bearer error=\"invalid_token\", error_description=\"{message}\""),
    };
    assert_eq!(answer.challenge.as_deref(), Some(&*challenge));
}

async fn refuses(gateway: &Gateway, token: &str, refusal: Refusal<'_>) {
    assert_refused(&rest(gateway, token, "notes").await, refusal);
}

/// Makes a key that uses any text as its HS256 secret.
fn secret_of(text: &str, kid: &Value) -> KeyPair {
    let key = json!({ "kty": "oct", "alg": "HS256", "kid": kid, "k": base64url(text) });
    KeyPair {
        private: key.clone(),
        public: key,
        pem: String::new(),
    }
}

/// Encodes the text the way that a JWK does.
fn base64url(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = text
        .bytes()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    let bits: Vec<u8> = bits.collect();
    let digit = |bits: &[u8]| {
        (0..6).fold(0, |sum, at| {
            sum << 1 | usize::from(bits.get(at) == Some(&1))
        })
    };
    bits.chunks(6)
        .map(|bits| char::from(DIGITS[digit(bits)]))
        .collect()
}

#[tokio::test]
async fn an_unknown_key_id_is_refused_for_every_algorithm() {
    let legacy = gateway().await;
    let (gateway, keys) = gateway_with(&ALGORITHMS).await;
    for key in &keys {
        let unknown = token(key, json!({ "kid": "unknown" }), json!({})).await;
        refuses(&gateway, &unknown, NO_KEY).await;
    }
    // The legacy secret has no key ID, so it does not verify a token that names one.
    let secret = secret_of(legacy.jwt_secret(), &Value::Null);
    let good = token(&secret, json!({}), json!({})).await;
    assert_eq!(rest(&legacy, &good, "notes").await.status, 200);
    let named = token(&secret, json!({ "kid": "legacy" }), json!({})).await;
    refuses(&legacy, &named, NO_KEY).await;
}

#[tokio::test]
async fn another_key_under_a_known_id_is_refused() {
    let (gateway, keys) = gateway_with(&ALGORITHMS).await;
    let others = generate_keys(&ALGORITHMS).await.unwrap();
    for (known, other) in keys.iter().zip(&others) {
        let forged = token(other, json!({ "kid": known.public["kid"] }), json!({})).await;
        refuses(&gateway, &forged, WRONG_KEY).await;
        let nameless = token(other, json!({ "kid": null }), json!({})).await;
        refuses(&gateway, &nameless, WRONG_KEY).await;
    }
}

#[tokio::test]
async fn a_token_hmac_signed_with_a_public_key_is_refused() {
    let (gateway, keys) = gateway_with(&["ES256", "RS256", "EdDSA"]).await;
    for key in &keys {
        let jwk = key.public.to_string();
        for text in [&*key.pem, key.pem.trim_end(), &jwk] {
            let confused = secret_of(text, &key.public["kid"]);
            let confused = token(&confused, json!({}), json!({})).await;
            refuses(&gateway, &confused, NO_KEY).await;
        }
        let nameless = secret_of(&key.pem, &Value::Null);
        let nameless = token(&nameless, json!({}), json!({})).await;
        refuses(&gateway, &nameless, NO_KEY).await;
    }
}

#[tokio::test]
async fn a_text_that_is_not_a_signed_token_is_refused() {
    let (gateway, keys) = gateway_with(&["ES256"]).await;
    let unsigned = token(&keys[0], json!({ "alg": "none" }), json!({})).await;
    let refusal = (
        "PGRST301",
        "Wrong or unsupported encoding algorithm",
        Some("JWT is unsecured but expected 'alg' was not 'none'"),
    );
    refuses(&gateway, &unsigned, refusal).await;

    let good = token(&keys[0], json!({}), json!({})).await;
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let zeros = "A".repeat(signature.len());
    for token in [format!("{signed}."), format!("{signed}.{zeros}")] {
        refuses(&gateway, &token, WRONG_KEY).await;
    }
    for (token, parts) in [("abc", 1), ("a.b", 2), (signed, 2), ("a.b.c.d", 4)] {
        let message = format!("Expected 3 parts in JWT; got {parts}");
        refuses(&gateway, token, ("PGRST301", &message, None)).await;
    }
    let random = "quifquirndsjagnrgniur.fonvoienqhhdj.iuqvnvhojah";
    for token in [random, "a.b.c", "!.!.!", ".."] {
        let refusal = ("PGRST301", "JWT cryptographic operation failed", None);
        refuses(&gateway, token, refusal).await;
    }
    let empty = "Empty JWT is sent in Authorization header";
    refuses(&gateway, "", ("PGRST301", empty, None)).await;
}

#[tokio::test]
async fn claims_are_checked_with_thirty_seconds_of_leeway() {
    let legacy = gateway().await;
    let (gateway, keys) = gateway_with(&["RS256"]).await;
    let audience = "The JWT 'aud' claim must be a string or an array of strings";
    let cases = [
        (json!({ "iat": now() + 40 }), "JWT issued at future"),
        (json!({ "nbf": now() + 40 }), "JWT not yet valid"),
        (json!({ "exp": now() - 40 }), "JWT expired"),
        // PostgREST reads a time that is not an integer as 0.
        (json!({ "exp": 2e12 + 0.5 }), "JWT expired"),
        (
            json!({ "exp": "x" }),
            "The JWT 'exp' claim must be a number",
        ),
        (
            json!({ "iat": "x" }),
            "The JWT 'iat' claim must be a number",
        ),
        (json!({ "nbf": [] }), "The JWT 'nbf' claim must be a number"),
        (json!({ "aud": { "a": 1 } }), audience),
        (json!({ "aud": ["a", 1] }), audience),
        (json!({ "exp": 1, "iat": "now" }), "JWT expired"),
    ];
    let changes = cases.iter().map(|(change, _)| change);
    let tokens = tokens_of_both(&keys[0], legacy.jwt_secret(), changes).await;
    for ((_, message), (by_key, by_secret)) in cases.iter().zip(tokens) {
        refuses(&gateway, &by_key, ("PGRST303", message, None)).await;
        refuses(&legacy, &by_secret, ("PGRST303", message, None)).await;
    }
}

#[tokio::test]
async fn without_a_token_the_api_key_decides_the_role() {
    let gateway = gateway().await;
    let (publishable, secret) = (gateway.api_key(), server().await.secret_key());
    let get = async |headers: &[(&str, &str)]| {
        send(format!("{}/rest/v1/notes", gateway.url()), headers, None).await
    };
    let bearer = |key: &str| format!("Bearer {key}");

    let apikey = ("apikey", publishable);
    let as_token = ("authorization", &*bearer(publishable));
    let basic = ("authorization", "Basic YTpi");
    for headers in [&[apikey][..], &[apikey, as_token], &[apikey, basic]] {
        // The table has no policy for `anon`.
        let answer = get(headers).await;
        assert_eq!((answer.status, &answer.body), (200, &json!([])));
    }
    let mut roleless = claims(&new_user(), &json!({}));
    roleless.as_object_mut().unwrap().remove("role");
    let roleless = mint_with_jose(&[roleless], gateway.jwt_secret()).await;
    refuses(&gateway, &roleless.unwrap()[0], NO_TOKEN).await;

    let as_token = ("authorization", &*bearer(secret));
    let no_token = ("PGRST301", "Expected 3 parts in JWT; got 1", None);
    assert_refused(&get(&[apikey, as_token]).await, no_token);
    let apikey = ("apikey", secret);
    assert_eq!(get(&[apikey]).await.status, 200);
    assert_eq!(get(&[apikey, as_token]).await.status, 200);
}

#[tokio::test]
async fn the_api_key_is_asked_for_first() {
    let gateway = gateway().await;
    let token = legacy_token(gateway.jwt_secret(), json!({})).await;
    let (good, bad) = (format!("Bearer {token}"), "Bearer a.b.c".to_owned());
    let notes = format!("{}/rest/v1/notes", gateway.url());
    for authorization in [&good, &bad] {
        let none = send(notes.clone(), &[("authorization", authorization)], None).await;
        assert_eq!(
            (none.status, message(&none)),
            (401, "No API key found in request")
        );
        let headers = [("apikey", "wrong"), ("authorization", authorization)];
        let wrong = send(notes.clone(), &headers, None).await;
        assert_eq!((wrong.status, message(&wrong)), (401, "Invalid API key"));
    }
    let in_query = format!("{notes}?apikey={}", gateway.api_key());
    assert_eq!(
        send(in_query, &[("authorization", &good)], None)
            .await
            .status,
        200
    );
}

fn message(answer: &Answer) -> &str {
    answer.body["message"].as_str().unwrap()
}

#[tokio::test]
async fn an_unknown_role_or_one_that_is_not_text_is_refused_by_postgresql() {
    let gateway = gateway().await;
    for role in [json!("nobody_here"), json!(["authenticated"]), Value::Null] {
        let token = legacy_token(gateway.jwt_secret(), json!({ "role": role })).await;
        let answer = rest(&gateway, &token, "notes").await;
        assert_eq!(answer.body["code"], "22023", "{answer:?}");
    }
    let token = legacy_token(gateway.jwt_secret(), json!({ "role": "postgres" })).await;
    let answer = rest(&gateway, &token, "notes").await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (403, &json!("42501"))
    );
}
