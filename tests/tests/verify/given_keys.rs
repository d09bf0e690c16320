//! Key sets that are given in code.

use std::collections::BTreeSet;

use scoped_runtime::__private::jws_verifies;
use scoped_runtime::{Algorithm, CallerError, SigningKey, VerifierOptions};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{Issuer, KID, START, builder, claims, set, verify};

fn problem(jwks: &str) -> String {
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new().jwks(jwks);
    let error = builder(&clock)
        .verifier_options(verification)
        .verifier()
        .unwrap_err();
    assert_eq!(error.field(), "jwks", "{error}");
    error.to_string()
}

#[test]
fn a_set_without_a_usable_key_is_refused_with_the_reason() {
    let good = Issuer::new(KID).jwk();
    let with = |more: Value| {
        let mut key = good.clone();
        for (name, value) in more.as_object().unwrap() {
            key[name] = value.clone();
        }
        key.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        json!({ "keys": [key] }).to_string()
    };
    let oct = json!({ "keys": [{ "kty": "oct", "k": "A".repeat(64), "alg": "HS256" }] });
    let mixed = json!({ "keys": [good, oct["keys"][0]] });
    for (jwks, reason) in [
        (String::new(), "is not valid JSON"),
        ("{}".to_owned(), "has no `kty`"),
        (r#"{"keys":[]}"#.to_owned(), "has no key"),
        (r#"{"keys":[1]}"#.to_owned(), "wrong type"),
        (with(json!({ "kty": "EC2" })), "`EC2` as its `kty`"),
        (with(json!({ "crv": "P-384" })), "`P-384` as its `crv`"),
        (with(json!({ "use": "enc" })), "a `use` other than `sig`"),
        (
            with(json!({ "key_ops": ["sign"] })),
            "`key_ops` without `verify`",
        ),
        (with(json!({ "alg": "ES384" })), "`ES384` as its `alg`"),
        (with(json!({ "x": good["y"] })), "not a valid key"),
        (with(json!({ "x": null })), "has no `x`"),
        (with(json!({ "x": "AA==" })), "not base64url"),
        (with(json!({ "d": good["x"] })), "has a private part"),
        (oct.to_string(), "contains a shared secret"),
        (mixed.to_string(), "contains a shared secret"),
        (
            json!({ "keys": [good, good] }).to_string(),
            "two keys with the same `kid`",
        ),
    ] {
        let shown = problem(&jwks);
        assert!(shown.contains(reason), "{reason}: {shown}");
        assert!(!shown.contains(good["x"].as_str().unwrap()), "{shown}");
    }
}

#[tokio::test]
async fn keys_of_unknown_types_are_ignored() {
    let issuer = Issuer::new(KID);
    let strange = json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "post-quantum", "pub": "AA" });
    let jwks = json!({ "keys": [strange, issuer.jwk()] }).to_string();
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new().jwks(jwks);
    let verifier = builder(&clock)
        .verifier_options(verification)
        .verifier()
        .unwrap();
    let token = issuer.token(&claims(&json!({})));
    verify(&verifier, &token).await.unwrap();
}

#[tokio::test]
async fn a_token_without_a_kid_is_verified_with_keys_without_one() {
    let issuer = Issuer::new(KID);
    let clock = ManualClock::at(START);
    let unnamed = |keys: &[&Issuer]| {
        let mut set: Value = serde_json::from_str(&set(keys)).unwrap();
        for key in set["keys"].as_array_mut().unwrap() {
            key.as_object_mut().unwrap().remove("kid");
        }
        let verification = VerifierOptions::new().jwks(set.to_string());
        builder(&clock)
            .verifier_options(verification)
            .verifier()
            .unwrap()
    };
    let header = json!({ "alg": "ES256", "typ": "JWT" }).to_string();
    let body = claims(&json!({}));
    let token = issuer.sign(&header, &body.to_string());
    let other = Issuer::new(KID);
    verify(&unnamed(&[&other, &issuer]), &token).await.unwrap();

    let error = verify(&unnamed(&[&issuer]), &issuer.token(&body))
        .await
        .unwrap_err();
    assert!(matches!(error, CallerError::UnknownKey), "{error}");
    let named = VerifierOptions::new().jwks(set(&[&issuer]));
    let named = builder(&clock).verifier_options(named).verifier().unwrap();
    let error = verify(&named, &token).await.unwrap_err();
    assert!(matches!(error, CallerError::MissingKeyId), "{error}");
}

/// Covers every algorithm, with keys that the Supabase CLI made.
#[tokio::test]
async fn tokens_of_a_signing_key_verify_with_its_public_jwk() {
    let file: Value =
        serde_json::from_str(include_str!("../../golden/keys/supabase-cli.json")).unwrap();
    let mut algorithms = BTreeSet::new();
    for (name, key) in file["keys"].as_object().unwrap() {
        let Ok(key) = SigningKey::from_jwk(&key.to_string()) else {
            continue;
        };
        if key.public_jwk().is_none() {
            continue;
        }
        algorithms.insert(key.algorithm());
        let clock = ManualClock::at(START);
        let verification = VerifierOptions::new().jwks(key.public_jwks().to_string());
        let config = builder(&clock)
            .signing_key(key)
            .verifier_options(verification);
        let clients = scoped_runtime::ScopedClients::new(config.build().unwrap()).unwrap();
        let token = clients
            .get(crate::verify::support::ALICE)
            .unwrap()
            .token()
            .unwrap();
        let caller = verify(clients.verifier(), token.expose_secret()).await;
        assert_eq!(
            caller.expect(name).user_id().as_str(),
            crate::verify::support::ALICE
        );
    }
    assert!(algorithms.contains(&Algorithm::Es256) && algorithms.contains(&Algorithm::Rs256));
}

#[test]
fn a_jwk_with_one_changed_character_verifies_nothing() {
    let issuer = Issuer::new(KID);
    let (jwks, token) = (set(&[&issuer]), issuer.token(&claims(&json!({}))));
    assert!(jws_verifies(&token, &jwks));
    let jwk = issuer.jwk();
    for member in ["x", "y", "kid", "crv", "kty", "alg"] {
        let value = jwk[member].as_str().unwrap();
        let start = jwks.find(&format!("\"{value}\"")).unwrap() + 1;
        for place in start..start + value.len() {
            for letter in ['A', '0', '"', '\\', '{', '\n'] {
                let mut damaged = jwks.clone();
                damaged.replace_range(place..=place, &letter.to_string());
                let verifies = jws_verifies(&token, &damaged);
                assert_eq!(verifies, damaged == jwks, "{member}: {damaged}");
            }
        }
    }
}
