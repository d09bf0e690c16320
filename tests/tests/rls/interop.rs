//! Other libraries verify our tokens, and our claims are compared with those of the Supabase CLI.

use std::collections::BTreeSet;
use std::path::Path;

use scoped_runtime::ScopedClients;
use scoped_tests::decode_with_jose;
use serde_json::{Map, Value, json};

use crate::support::{clients, new_user, server};

const ALWAYS: [&str; 9] = [
    "aal",
    "aud",
    "exp",
    "iat",
    "is_anonymous",
    "iss",
    "jti",
    "role",
    "sub",
];

/// Returns the header and claims of a token of this user for tenant `acme`, verified by jose.
async fn decoded(clients: &ScopedClients, user: &str) -> (Value, Map<String, Value>) {
    let client = clients
        .user(user)
        .claim("tenant_id", "acme")
        .client()
        .unwrap();
    let token = client.token().unwrap();
    let secret = server().await.jwt_secret().expect("an HS256 project");
    let decoded = decode_with_jose(token.expose_secret(), &secret)
        .await
        .unwrap();
    let payload = decoded["payload"].as_object().expect("a verified token");
    (decoded["header"].clone(), payload.clone())
}

fn names(claims: &Map<String, Value>) -> BTreeSet<&str> {
    claims.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn jose_reads_exactly_the_documented_claims() {
    let clients = clients().await;
    let user = new_user().to_string();
    let (header, claims) = decoded(&clients, &user).await;
    assert_eq!(header, json!({"alg": "HS256", "typ": "JWT"}));
    assert_eq!(
        names(&claims),
        ALWAYS.into_iter().chain(["tenant_id"]).collect()
    );
    let issuer = server().await.config_builder().build().unwrap().issuer();
    for (name, value) in [
        ("sub", json!(user)),
        ("role", json!("authenticated")),
        ("aud", json!("authenticated")),
        ("iss", json!(issuer)),
        ("aal", json!("aal1")),
        ("is_anonymous", json!(false)),
        ("tenant_id", json!("acme")),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    // The lifetime is an hour, and `iat` is five seconds back for servers whose clock is behind.
    let (iat, exp) = (claims["iat"].as_u64(), claims["exp"].as_u64());
    assert_eq!(exp.unwrap() - iat.unwrap(), 3605);
}

#[tokio::test]
async fn tokens_have_all_claims_of_the_supabase_cli_with_the_same_values() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/bearer-jwt.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
    let theirs = golden["claims"].as_object().unwrap();
    let (_, ours) = decoded(&clients().await, theirs["sub"].as_str().unwrap()).await;

    for (name, value) in theirs {
        match name.as_str() {
            "iat" | "exp" => assert!(ours[name].is_u64() && value.is_u64(), "{name}"),
            _ => assert_eq!(ours[name], *value, "{name}"),
        }
    }
    // These claims are also in the tokens of Auth, and policies read them.
    let more: BTreeSet<&str> = names(&ours).difference(&names(theirs)).copied().collect();
    assert_eq!(
        more,
        BTreeSet::from(["aal", "aud", "is_anonymous", "iss", "jti"])
    );
}
