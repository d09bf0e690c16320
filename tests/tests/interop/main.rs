//! Two independent libraries, `jose` and `PyJWT`, verify tokens of every algorithm and read exactly the
//! claims that the tokens were made from.
//!
//! The claims are random and differ in each run. A failure names the seed: `INTEROP_SEED=<seed> cargo test
//! -p scoped-tests --test interop` makes the same claims again.
//!
//! `PyJWT` reads integers of any size and floats exactly, so its claims are compared. JavaScript rounds
//! integers beyond 2^53, so the payload that `jose` verified is compared, with every number as it is
//! written there (the source texts of Node's `JSON.parse`). The claims of `jose` have to equal what
//! `JSON.parse` makes of that payload.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod cases;
mod exact;
mod keys;
mod random;

use std::hash::{BuildHasher, RandomState};

use scoped_tests::Verifier;
use serde_json::{Value, json};

use crate::cases::{Case, cases, project};
use crate::exact::{exact_map, normal};
use crate::random::Random;

#[allow(
    clippy::disallowed_methods,
    reason = "a failed run is repeated by its seed, which only the environment can give to a test"
)]
fn seed() -> u64 {
    let fixed = std::env::var("INTEROP_SEED").ok();
    let fixed = fixed.map(|text| text.parse().expect("INTEROP_SEED is a number"));
    fixed.unwrap_or_else(|| RandomState::new().hash_one("seed"))
}

/// Verifies tokens of every algorithm with their public keys and compares header and claims with the cases.
async fn reads_exactly_what_went_in(verifier: Verifier) {
    let cases = cases(seed());
    let tokens: Vec<_> = cases
        .iter()
        .map(|case| (&case.token, case.jwk.clone()))
        .collect();
    let answers = verifier.verify(&tokens).await.unwrap();
    for (case, answer) in cases.iter().zip(answers) {
        check(case, &answer);
    }
}

fn check(case: &Case, answer: &Value) {
    let name = &case.name;
    assert!(answer["error"].is_null(), "{name}: {answer}");
    assert_eq!(answer["header"], case.header, "{name}");
    let mut found = normal(&answer["exact"]);
    let id = found
        .as_object_mut()
        .and_then(|claims| claims.remove("jti"));
    let id = id.as_ref().and_then(|id| id.as_str()?.strip_prefix("s:"));
    let is_uuid = id.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok());
    assert!(is_uuid, "{name}");
    let expected = normal(&Value::Object(exact_map(&case.claims)));
    assert_eq!(found, expected, "{name}");
}

/// The right key verifies a token. The next key of the same algorithm and a key of another algorithm do
/// not, and no key verifies a token with a changed payload or signature.
async fn refuses_all_but_the_right_key(verifier: Verifier, signature: &str, algorithm: &str) {
    let (mut tokens, mut expected) = (Vec::new(), Vec::new());
    let mut expect = |name: &str, token: &str, jwk: &Value, error: Option<&str>| {
        tokens.push((token.to_owned(), jwk.clone()));
        expected.push((name.to_owned(), error.map(str::to_owned)));
    };
    for (group, keys) in keys::all(&Random::new(seed())) {
        for (place, signing) in keys.iter().enumerate() {
            let client = project(signing.key.clone()).get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11");
            let token = client.unwrap().token().unwrap();
            let (token, jwk) = (token.expose_secret(), &signing.jwk);
            let name = format!("{group}, {}", signing.name);
            expect(&name, token, jwk, None);
            let other = &keys[(place + 1) % keys.len()].jwk;
            expect(&name, token, other, Some(signature));
            for part in [1, 2] {
                let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
                let letter = if parts[part].starts_with('e') {
                    "f"
                } else {
                    "e"
                };
                parts[part].replace_range(..1, letter);
                let name = format!("{name}, part {part}");
                expect(&name, &parts.join("."), jwk, Some(signature));
            }
            if group == "RS256" {
                let mut confused = jwk.clone();
                confused["alg"] = json!("PS256");
                expect(&name, token, &confused, Some(algorithm));
            }
        }
    }
    let answers = verifier.verify(&tokens).await.unwrap();
    for ((name, error), answer) in expected.iter().zip(answers) {
        assert_eq!(answer["error"].as_str(), error.as_deref(), "{name}");
    }
}

#[tokio::test]
async fn jose_reads_exactly_the_minted_claims() {
    reads_exactly_what_went_in(Verifier::Jose).await;
}

#[tokio::test]
async fn pyjwt_reads_exactly_the_minted_claims() {
    reads_exactly_what_went_in(Verifier::PyJwt).await;
}

#[tokio::test]
async fn jose_refuses_a_changed_token_and_every_other_key() {
    let (signature, algorithm) = (
        "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
        "ERR_JOSE_ALG_NOT_ALLOWED",
    );
    refuses_all_but_the_right_key(Verifier::Jose, signature, algorithm).await;
}

#[tokio::test]
async fn pyjwt_refuses_a_changed_token_and_every_other_key() {
    let (signature, algorithm) = ("InvalidSignatureError", "InvalidAlgorithmError");
    refuses_all_but_the_right_key(Verifier::PyJwt, signature, algorithm).await;
}
