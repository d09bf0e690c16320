//! Actors, reasons and user IDs: which names a token and an audit accept.

use scoped_runtime::{Actor, ClientError, Error, UserId};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, offline};

const UPPER: &str = "00000000-0000-4000-8000-00000000000A";

#[test]
fn an_actor_has_a_visible_name_and_a_chain_of_at_most_16() {
    let (clients, _) = offline();
    let chain = |levels: usize| {
        let mut act = json!({ "sub": "root" });
        for level in 1..levels {
            act = json!({ "sub": format!("agent-{level}"), "act": act });
        }
        serde_json::from_value::<Actor>(act).unwrap()
    };
    for good in ["support-agent-7", "auth0|123", ALICE, &"a".repeat(255)] {
        clients.user(ALICE).actor(good).client().unwrap();
    }
    clients.user(ALICE).actor(chain(16)).client().unwrap();
    let inner = serde_json::from_value::<Actor>(json!({ "sub": "a", "act": { "sub": "b\0" } }));
    let long = "a".repeat(1 << 20);
    let texts = [
        "",
        " ",
        "\u{200b}",
        "\u{feff}",
        "a\0b",
        "a\nb",
        "a\u{202e}b",
        &long,
    ];
    let actors = texts.map(Actor::new).into_iter();
    for bad in actors.chain([chain(17), chain(100), inner.unwrap()]) {
        let error = clients.user(ALICE).actor(bad).client().unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::InvalidActor { .. })),
            "{error}"
        );
        assert!(error.to_string().len() < 200, "{error}");
    }
}

#[test]
fn a_reason_is_one_line_of_at_most_1024_bytes() {
    let (clients, _) = offline();
    for good in ["ticket 4711", "", &"a".repeat(1024)] {
        clients.user(ALICE).reason(good).client().unwrap();
    }
    for bad in [
        "a\0b",
        "a\nfake line",
        "\u{2028}",
        &"a".repeat(1025),
        &"a".repeat(1 << 20),
    ] {
        let error = clients.user(ALICE).reason(bad).client().unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::InvalidReason { .. })),
            "{error}"
        );
        assert!(error.to_string().len() < 200, "{error}");
    }
}

#[test]
fn every_spelling_of_a_uuid_is_the_same_user_id() {
    let canonical = UserId::new(ALICE).unwrap();
    for spelling in [
        UPPER,
        "{00000000-0000-4000-8000-00000000000a}",
        "0000000000004000800000000000000A",
        "0000-0000-0000-4000-8000-0000-0000-000a",
    ] {
        assert_eq!(UserId::external(spelling).unwrap(), canonical, "{spelling}");
        assert_eq!(UserId::new(spelling).unwrap(), canonical, "{spelling}");
        assert!(canonical == *spelling, "{spelling}");
    }
    assert!(canonical != *BOB && canonical != *"alice");
    let external = UserId::external("auth0|ABC").unwrap();
    assert_eq!(external.as_str(), "auth0|ABC");
    assert!(external == *"auth0|ABC" && external != *"auth0|abc");
    for bad in ["\u{200b}", "\u{3164}", "a\u{2028}b"] {
        UserId::external(bad).unwrap_err();
    }
}

#[test]
fn errors_cut_a_token_that_was_given_as_a_claim_or_role_name() {
    let (clients, _) = offline();
    let client = clients.user(ALICE).claim("a", 1).client().unwrap();
    let token = client.token().unwrap().expose_secret().to_owned();
    let signature = token.rsplit('.').next().unwrap();
    let twice = || clients.user(ALICE).claim(&*token, 1).claim(&*token, 2);
    for error in [
        client
            .narrow()
            .keep_claims([&*token])
            .client()
            .map(|_| ())
            .unwrap_err(),
        client
            .narrow()
            .role(&*token)
            .client()
            .map(|_| ())
            .unwrap_err(),
        twice().client().map(|_| ()).unwrap_err(),
        clients
            .user(ALICE)
            .claim(&*token, ())
            .client()
            .map(|_| ())
            .unwrap_err(),
    ] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(signature), "{shown}");
        assert!(!shown.contains(&token[..80]), "{shown}");
    }
}

#[test]
fn a_client_with_the_longest_chain_of_actors_can_be_narrowed() {
    let (clients, _) = offline();
    let mut act = json!({ "sub": "root" });
    for _ in 1..16 {
        act = json!({ "sub": "agent", "act": act });
    }
    let actor: Actor = serde_json::from_value(act).unwrap();
    let client = clients
        .user(ALICE)
        .actor(actor)
        .claim("a", 1)
        .client()
        .unwrap();
    let narrowed = client.narrow().client().unwrap();
    assert_eq!(narrowed.token().unwrap().claims()["a"], Value::from(1));
}
