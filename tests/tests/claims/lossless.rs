//! Claims do not change when a token is read or a client is narrowed.

use std::time::Duration;

use scoped_runtime::{Error, ScopedClient, TokenError};
use serde_json::{Value, json};

use crate::support::{ALICE, offline, verified};

/// A client of Alice with a tenant and this claim.
fn client(value: &Value) -> Result<ScopedClient, Error> {
    let (clients, _) = offline();
    let client = clients.user(ALICE).claim("tenant", "acme");
    client.claim("value", value).client()
}

/// Returns the JSON text of the claim in the token of the client and of a narrowed client, because a parsed
/// number may be rounded.
fn said(value: &Value) -> [String; 3] {
    let client = client(value).unwrap();
    let narrowed = client.narrow().expires_in(Duration::from_mins(5));
    let narrowed = narrowed.client().unwrap().token().unwrap();
    let verified = verified(narrowed.expose_secret());
    let claims = [
        client.token().unwrap().claims(),
        narrowed.claims(),
        verified,
    ];
    for claims in &claims {
        assert_eq!(claims["tenant"], "acme");
    }
    claims.map(|claims| claims["value"].to_string())
}

/// Arrays nested to this depth.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(0), |inner, _| json!([inner]))
}

#[test]
fn numbers_keep_every_digit_in_tokens_and_narrowed_clients() {
    // A fast but inexact parser rounds some of these floats to a neighbouring value.
    for number in [
        json!(0.198_440_042_788_562_86),
        json!(0.420_791_718_818_852_36),
        json!(-0.0),
        json!(1e16),
        json!(5e-324),
        json!(f64::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!((1_u64 << 53) + 1),
    ] {
        let text = number.to_string();
        assert_eq!(said(&number), [&*text, &*text, &*text]);
    }
}

#[test]
fn a_claim_is_refused_if_it_is_too_deep_to_be_read_again() {
    let deepest = nested(100);
    let text = deepest.to_string();
    assert_eq!(said(&deepest), [&*text, &*text, &*text]);
    for levels in [101, 127, 1000] {
        for value in [
            nested(levels),
            json!({ "a": [{ "b": nested(levels - 3) }] }),
        ] {
            let error = client(&value).unwrap_err();
            assert!(
                matches!(&error, Error::Token(TokenError::InvalidClaim { reason, .. })
                    if *reason == "is nested more than 100 levels deep"),
                "{error:?}"
            );
        }
    }
}
