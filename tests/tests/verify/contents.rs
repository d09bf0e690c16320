//! Content that is refused despite a valid signature: private names of `serde_json`, chains of actors, and
//! claims that the caller can edit.

use scoped_runtime::{CallerError, scoped_claims};
use serde_json::{Value, json};

use crate::verify::support::{Issuer, KID, claims, trusting, verify};

/// `serde_json` parses the content of an object with such a name as JSON once more.
#[tokio::test]
async fn private_names_of_serde_json_are_refused_in_a_callers_token() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    for name in ["RawValue", "Number"] {
        let inner = json!({ format!("$serde_json::private::{name}"): r#"{"a":"\u0000","a":1}"# });
        for claims_of in [
            json!({ "meta": inner }),
            json!({ "meta": [{ "deep": inner }] }),
        ] {
            let error = verify(clients.verifier(), &issuer.token(&claims(&claims_of))).await;
            assert!(matches!(error, Err(CallerError::Malformed { .. })));
        }
    }
}

#[tokio::test]
async fn a_chain_of_actors_has_valid_names_and_at_most_16_levels() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let chain = |levels: usize| {
        let mut act = json!({ "sub": "root" });
        for _ in 1..levels {
            act = json!({ "sub": "agent", "act": act });
        }
        act
    };
    for (act, is_good) in [
        (chain(1), true),
        (chain(16), true),
        (chain(17), false),
        (chain(100), false),
        (json!({ "sub": "a\u{0}b" }), false),
        (json!({ "sub": "" }), false),
        (json!({ "sub": "\u{200b}" }), false),
        (json!({ "sub": "a", "act": { "sub": "b\nc" } }), false),
        (json!({ "sub": "a".repeat(256) }), false),
    ] {
        let token = issuer.token(&claims(&json!({ "act": act })));
        let outcome = verify(clients.verifier(), &token).await;
        assert_eq!(outcome.is_ok(), is_good, "{act}");
        if let Ok(caller) = outcome {
            let client = caller.client(&clients).client().unwrap();
            client.narrow().client().unwrap();
        }
    }
}

mod serde {
    pub(super) use scoped_runtime::__private::serde::*;
}

#[derive(serde::Deserialize)]
#[serde(crate = "scoped_runtime::__private::serde")]
struct Edited {
    #[serde(default)]
    user_metadata: Value,
}

/// A struct that is deserialised through another type, which the attribute cannot inspect.
#[scoped_claims]
#[serde(from = "Edited")]
struct Sneaky {
    profile: Value,
}

impl From<Edited> for Sneaky {
    fn from(edited: Edited) -> Self {
        Self {
            profile: edited.user_metadata,
        }
    }
}

#[scoped_claims(allow_user_metadata)]
struct Allowed {
    #[serde(alias = "user_metadata")]
    profile: Value,
}

#[tokio::test]
async fn user_metadata_is_readable_only_with_allow_user_metadata() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let token = issuer.token(&claims(&json!({ "user_metadata": { "admin": true } })));
    let verifier = clients.verifier();
    // Deserialising it would produce a claim that is `null`, so verification fails.
    assert!(verifier.verify::<Sneaky>(&token).await.is_err());
    let caller = verifier.verify::<Allowed>(&token).await.unwrap();
    assert_eq!(caller.claims().profile, json!({ "admin": true }));
}
