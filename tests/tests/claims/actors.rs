//! Who acts, as whom, why, and for how long: names that a token and an audit can keep, and limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use scoped_runtime::{Actor, ClientError, Error, MintPolicy, ScopedClients, TokenError, UserId};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, START, arrived, config, offline, project};

const UPPER: &str = "00000000-0000-4000-8000-00000000000A";

#[test]
fn an_actor_is_named_as_a_user_is() {
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
fn a_reason_is_a_line_of_limited_length() {
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
fn one_user_has_one_id_in_every_spelling() {
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
fn a_user_who_is_closed_or_refused_is_so_in_every_spelling() {
    let (clients, _) = offline();
    let client = clients
        .user(UserId::external(UPPER).unwrap())
        .client()
        .unwrap();
    clients.close_user(UPPER).unwrap();
    client.token().unwrap_err();
    let client = clients.get(ALICE).unwrap();
    clients
        .close_user(UserId::external(UPPER).unwrap())
        .unwrap();
    client.token().unwrap_err();

    let policy = MintPolicy::new().refuse_subjects(|user| *user == UPPER);
    let config = config("https://project.test").mint_policy(policy).build();
    let clients = ScopedClients::new(config.unwrap()).unwrap();
    for spelling in [UPPER, ALICE] {
        let user = UserId::external(spelling).unwrap();
        clients.get(user).unwrap_err();
    }
    clients.get(BOB).unwrap();
}

#[tokio::test]
async fn the_policy_is_asked_for_every_mint() {
    let (server, _, _) = project().await;
    let banned = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&banned);
    let clock = ManualClock::at(START);
    let policy = MintPolicy::new().refuse_subjects(move |_| asked.load(Ordering::Relaxed));
    let config = config(&server.uri())
        .clock(clock.clone())
        .mint_policy(policy);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    client.from("notes").execute().await.unwrap();
    banned.store(true, Ordering::Relaxed);
    // What was minted lives on.
    client.from("notes").execute().await.unwrap();
    clock.pass(Duration::from_hours(1));
    let error = client.from("notes").execute().await.unwrap_err();
    let Error::Token(TokenError::RefusedByPolicy { source, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(source.field(), "user_id");
    assert_eq!(error.public().status(), 403);
    assert_eq!(arrived(&server).await.len(), 2);
    banned.store(false, Ordering::Relaxed);
    client.from("notes").execute().await.unwrap();
}

#[test]
fn a_narrowed_client_without_renewal_ends_with_its_parent() {
    let (clients, clock) = offline();
    let parent = clients.user(ALICE).claim("a", 1).auto_refresh(false);
    let parent = parent.expires_in(Duration::from_secs(10)).client().unwrap();
    clock.pass(Duration::from_secs(9));
    let child = parent.narrow().client().unwrap();
    let grandchild = child.narrow().keep_claims(["a"]).client().unwrap();
    let end = parent.token().unwrap().expires_at();
    for ends in [child.token().unwrap(), grandchild.token().unwrap()] {
        assert!(ends.expires_at() <= end);
    }
    clock.pass(Duration::from_secs(1));
    for client in [&parent, &child] {
        let error = client.token().unwrap_err();
        assert!(
            matches!(error, Error::Token(TokenError::Expired)),
            "{error}"
        );
        let error = client.narrow().client().unwrap_err();
        assert!(
            matches!(error, Error::Token(TokenError::Expired)),
            "{error}"
        );
    }
    grandchild.token().unwrap_err();
    // The clock set back brings nobody back to life.
    clock.jump_back(Duration::from_secs(100));
    parent.narrow().client().unwrap_err();
}

#[test]
fn a_token_that_was_pasted_as_a_name_is_cut() {
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
fn what_was_left_of_a_chain_of_actors_keeps_its_claims() {
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

#[test]
fn aal2_is_a_decision_that_the_policy_allows_and_the_audit_sees() {
    use std::sync::Mutex;

    use scoped_runtime::{AuditSink, MintRecord};

    #[derive(Debug, Clone, Default)]
    struct Levels(Arc<Mutex<Vec<&'static str>>>);

    impl AuditSink for Levels {
        fn record(
            &self,
            record: &MintRecord<'_>,
        ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            self.0.lock().unwrap().push(record.aal.as_str());
            Ok(())
        }
    }

    let (clients, _) = offline();
    let Error::Configuration(error) = clients.user(ALICE).assume_aal2().client().unwrap_err()
    else {
        panic!("the policy refuses it");
    };
    assert_eq!(error.field(), "assume_aal2");

    let (sink, clock) = (Levels::default(), ManualClock::at(START));
    let config = config("https://project.test")
        .clock(clock.clone())
        .audit(sink.clone())
        .mint_policy(MintPolicy::new().allow_aal2());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let strong = clients.user(ALICE).assume_aal2().client().unwrap();
    let plain = clients.get(ALICE).unwrap();
    let narrowed = strong.narrow().client().unwrap();
    clock.pass(Duration::from_hours(1));
    let level =
        |client: &scoped_runtime::ScopedClient| client.token().unwrap().claims()["aal"].clone();
    assert_eq!(
        [&strong, &plain, &narrowed].map(level),
        ["aal2", "aal1", "aal2"]
    );
    assert_eq!(strong.identity().aal().as_str(), "aal2");
    // Once before the hour had passed, and once after.
    assert_eq!(*sink.0.lock().unwrap(), ["aal2", "aal1", "aal2", "aal1"]);
}
