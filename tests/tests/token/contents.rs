//! The claims of tokens, and the claims with which no token is made.

use std::time::{Duration, UNIX_EPOCH};

use jsonwebtoken::decode_header;
use scoped_runtime::{
    Claim, ConfigBuilder, Error, RESERVED, ScopedClaims, ScopedClient, ScopedClients, TokenError,
};
use serde::{Serialize, Serializer, ser};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::support::{ALICE, START, config, offline, verified};

/// A struct whose serialised form the test chooses.
#[derive(Serialize)]
#[serde(transparent)]
struct Raw(Value);

impl ScopedClaims for Raw {
    const CLAIMS: &'static [Claim] = &[];
}

#[derive(Serialize)]
struct Subscriber {
    #[serde(rename = "subscription")]
    plan: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<u32>,
}

impl ScopedClaims for Subscriber {
    const CLAIMS: &'static [Claim] = &[Claim::new("subscription")];
}

/// A type that cannot be serialised.
struct Broken;

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("out of order"))
    }
}

impl ScopedClaims for Broken {
    const CLAIMS: &'static [Claim] = &[];
}

/// Returns the custom claims of a token: all that the runtime does not set.
fn custom(mut claims: Map<String, Value>) -> Value {
    claims.retain(|name, _| !RESERVED.contains(&name.as_str()));
    Value::Object(claims)
}

/// Returns the custom claims in the token of a client, verified by another library.
fn said<C: ScopedClaims>(client: Result<ScopedClient<C>, Error>) -> Result<Value, Error> {
    Ok(custom(verified(client?.token()?.expose_secret())))
}

/// Returns the custom claims of a token that is minted with this struct.
fn minted(claims: impl ScopedClaims) -> Result<Value, Error> {
    said(offline().0.user(ALICE).claims(claims).client())
}

/// As [`minted`], for a claim that is added by name.
fn minted_at_run_time(name: &str, value: &Value) -> Result<Value, Error> {
    said(offline().0.user(ALICE).claim(name, value).client())
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> TokenError {
    match result {
        Err(Error::Token(error)) => error,
        other => panic!("expected a token error: {other:?}"),
    }
}

#[test]
fn a_token_has_exactly_the_documented_claims() {
    let (clients, clock) = offline();
    clock.pass(Duration::from_millis(999));
    let token = clients.get(ALICE).unwrap().token().unwrap();
    let mut claims = verified(token.expose_secret());
    assert_eq!(token.claims(), claims, "the library reads its own token");
    let jti: Uuid = claims["jti"].as_str().unwrap().parse().unwrap();
    assert_eq!(jti.get_version_num(), 4);
    claims.remove("jti");
    // The comparison also fails if a number is a float instead of an integer.
    assert_eq!(
        Value::Object(claims),
        json!({
            "sub": ALICE,
            "role": "authenticated",
            "aud": "authenticated",
            "iss": "https://project.test/auth/v1",
            "iat": START - 5,
            "exp": START + 3600,
            "aal": "aal1",
            "is_anonymous": false,
        })
    );
}

#[test]
fn tokens_of_the_legacy_secret_have_no_key_id() {
    let token = offline().0.get(ALICE).unwrap().token().unwrap();
    let header = decode_header(token.expose_secret()).unwrap();
    let header = serde_json::to_value(header).unwrap();
    assert_eq!(header, json!({ "alg": "HS256", "typ": "JWT" }));
}

#[test]
fn issued_at_and_expires_at_match_the_claims_of_the_token() {
    for (life, seconds) in [
        (Duration::from_secs(1), 1),
        (Duration::from_millis(2900), 2),
        (Duration::from_mins(15), 900),
        (Duration::from_hours(365 * 24), 31_536_000),
    ] {
        let client = offline().0.user(ALICE).expires_in(life).client().unwrap();
        let token = client.token().unwrap();
        assert_eq!(token.claims()["exp"], START + seconds);
        let start = UNIX_EPOCH + Duration::from_secs(START);
        assert_eq!(token.issued_at(), start - Duration::from_secs(5));
        assert_eq!(token.expires_at(), start + Duration::from_secs(seconds));
    }
}

#[test]
fn no_two_tokens_have_the_same_id() {
    let (clients, clock) = offline();
    let client = clients.get(ALICE).unwrap();
    let id = |client: &ScopedClient| client.token().unwrap().claims()["jti"].clone();
    let other = clients.user(ALICE).auto_refresh(false).client().unwrap();
    let ids = [id(&client), id(&other)];
    clock.pass(Duration::from_hours(1));
    assert!(ids[0] != ids[1] && !ids.contains(&id(&client)), "{ids:?}");
}

#[test]
fn the_fields_of_a_struct_become_claims_with_their_serde_names() {
    let plan = "pro";
    let claims_of = |seats| Subscriber { plan, seats };
    let claims = json!({ "subscription": "pro", "seats": 3 });
    assert_eq!(minted(claims_of(Some(3))).unwrap(), claims);
    let without = json!({ "subscription": "pro" });
    assert_eq!(minted(claims_of(None)).unwrap(), without);
}

#[test]
fn a_struct_and_claims_added_by_name_are_minted_together() {
    let builder = offline().0.user(ALICE).claim("before", 1);
    let builder = builder.claims(Raw(json!({ "tenant_id": "acme" })));
    let client = builder.claim("after", [2, 3]).client().unwrap();
    let expected = json!({ "before": 1, "tenant_id": "acme", "after": [2, 3] });
    assert_eq!(said(Ok(client.clone())).unwrap(), expected);
    assert_eq!(client.claims().0, json!({ "tenant_id": "acme" }));
}

#[test]
fn every_json_value_is_minted_unchanged() {
    for value in [
        json!("Zoë 田中 🦀 \u{202e}"),
        json!("quote \" backslash \\ slash / newline \n tab \t \u{1}\u{2028}"),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(9_007_199_254_740_993_u64),
        json!(0.1),
        json!(-0.0),
        json!(true),
        json!(""),
        json!([]),
        json!({}),
        json!([[], {}, null, "", [1, [2, [3]]]]),
        json!({ "a": { "b": { "c": [{ "": null }] } }, "sub": "not the subject" }),
    ] {
        let expected = json!({ "app \"é\" 🦀": value });
        assert_eq!(minted(Raw(expected.clone())).unwrap(), expected);
        let at_run_time = minted_at_run_time("app \"é\" 🦀", &value);
        assert_eq!(at_run_time.unwrap(), expected);
    }
}

#[test]
fn claims_of_every_length_are_encoded_correctly() {
    // Base64 encodes three bytes at a time, so every list is combined with every remainder.
    for count in 0..20 {
        for length in 0..3 {
            let mut claims: Map<String, Value> = (0..count)
                .map(|index| (format!("claim_{index}"), json!("v".repeat(index))))
                .collect();
            claims.insert("filler".to_owned(), json!("f".repeat(length)));
            let claims = Value::Object(claims);
            assert_eq!(minted(Raw(claims.clone())).unwrap(), claims);
        }
    }
}

#[test]
fn reserved_claims_are_refused() {
    let names = "sub role aud iss iat exp aal is_anonymous jti act nbf session_id amr";
    assert_eq!(RESERVED.join(" "), names);
    for &reserved in RESERVED {
        for result in [
            minted(Raw(json!({ "fine": 1, reserved: "mine" }))),
            minted_at_run_time(reserved, &json!("mine")),
            minted_at_run_time(reserved, &Value::Null),
        ] {
            match refused(result) {
                TokenError::ReservedClaim { name, .. } => assert_eq!(name, reserved),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn a_claim_that_is_set_twice_is_refused() {
    let builder = || offline().0.user(ALICE).claim("plan", "pro");
    let beside_a_struct = builder().claims(Raw(json!({ "plan": 1 }))).client();
    for result in [
        builder().claim("plan", "pro").client().map(drop),
        beside_a_struct.map(drop),
    ] {
        match refused(result) {
            TokenError::DuplicateClaim { name, .. } => assert_eq!(name, "plan"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn claims_that_are_not_an_object_are_refused() {
    for (value, expected) in [
        (json!(null), "null"),
        (json!(true), "a boolean"),
        (json!(1), "a number"),
        (json!("a"), "a string"),
        (json!(["a"]), "an array"),
    ] {
        match refused(minted(Raw(value))) {
            TokenError::NotAnObject { found, .. } => assert_eq!(found, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_claim_that_cannot_be_serialised_is_named_with_its_cause() {
    let at_run_time = offline().0.user(ALICE).claim("broken", Broken).client();
    let in_a_struct = minted(Broken).map(drop);
    for (expected, result) in [("broken", at_run_time.map(drop)), ("claims", in_a_struct)] {
        let TokenError::Serialize { name, source, .. } = refused(result) else {
            panic!("expected a serialisation error of `{expected}`");
        };
        assert_eq!(
            (name, source.to_string()),
            (expected.into(), "out of order".into())
        );
    }
}

#[test]
fn a_claim_added_by_name_with_none_is_absent() {
    let builder = offline().0.user(ALICE).claim("x", None::<u8>);
    let claims = said(builder.claim("y", Some(1)).client());
    assert_eq!(claims.unwrap(), json!({ "y": 1 }));
}

/// A client of this project with two claims of about 5000 and 600 bytes.
fn large(config: ConfigBuilder) -> Result<ScopedClient, Error> {
    let clients = ScopedClients::new(config.build()?)?;
    let builder = clients.user(ALICE).claim("bulk", "hush".repeat(1250));
    builder.claim("notes", vec![77; 200]).client()
}

#[test]
fn a_token_over_the_size_limit_is_refused_with_its_largest_claims() {
    let project = || config("https://project.test");
    let error = refused(large(project()));
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hush") && !text.contains("77,"), "{text}");
    let TokenError::TooLarge { bytes, largest, .. } = error else {
        panic!("{text}");
    };
    let names: Vec<_> = largest.iter().take(2).collect();
    assert_eq!(names, [("bulk", 5006), ("notes", 606)]);
    let said = "over the limit of 4096; largest claims: `bulk` (5006 bytes), `notes` (606 bytes)";
    assert!(text.contains(said), "{text}");

    // A token of exactly the limit is allowed.
    let fits = large(project().max_token_bytes(bytes)).unwrap();
    assert_eq!(fits.token().unwrap().expose_secret().len(), bytes);
    let error = refused(large(project().max_token_bytes(bytes - 1)));
    assert!(matches!(error, TokenError::TooLarge { limit, .. } if limit == bytes - 1));
}
