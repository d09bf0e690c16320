//! A mint policy limits every mint: when a client is made, and at each renewal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use scoped_runtime::{Error, MintPolicy, Role, ScopedClients, TokenError, UserId};
use scoped_tests::ManualClock;

use crate::support::{ALICE, BOB, START, config, fields, offline, project};

const UPPER: &str = "00000000-0000-4000-8000-00000000000A";

#[test]
fn a_mint_policy_limits_every_client_and_reports_all_problems() {
    let policy = MintPolicy::new()
        .roles([Role::default()])
        .max_lifetime(Duration::from_mins(15))
        .require_actor()
        .refuse_subjects(|user| user.as_str() == ALICE);
    let config = config("https://project.test").mint_policy(policy).build();
    let clients = ScopedClients::new(config.unwrap()).unwrap();
    let error = clients.user(ALICE).role("reporting").client().unwrap_err();
    assert_eq!(fields(error), ["user_id", "role", "expires_in", "actor"]);

    let allowed = clients.user(crate::support::BOB).actor("agent");
    allowed
        .expires_in(Duration::from_mins(15))
        .client()
        .unwrap();
}

#[test]
fn closed_and_refused_users_are_matched_in_every_spelling() {
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
async fn the_mint_policy_is_checked_at_every_mint() {
    let (server, _, _) = project().await;
    let banned = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&banned);
    let clock = ManualClock::at(START);
    let policy = MintPolicy::new().refuse_subjects(move |_| asked.load(Ordering::Relaxed));
    let config = config(&server.url())
        .clock(clock.clone())
        .mint_policy(policy);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    client.from("notes").execute().await.unwrap();
    banned.store(true, Ordering::Relaxed);
    // Tokens that were minted before are still used.
    client.from("notes").execute().await.unwrap();
    clock.pass(Duration::from_hours(1));
    let error = client.from("notes").execute().await.unwrap_err();
    let Error::Token(TokenError::RefusedByPolicy { source, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(source.field(), "user_id");
    assert_eq!(error.public().status(), 403);
    assert_eq!(server.requests().len(), 2);
    banned.store(false, Ordering::Relaxed);
    client.from("notes").execute().await.unwrap();
}

#[test]
fn assume_aal2_needs_the_mint_policy_and_is_in_the_audit() {
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
        panic!("expected a refusal by the mint policy");
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
    // Each of the two sessions minted once before the hour had passed, and once after.
    assert_eq!(*sink.0.lock().unwrap(), ["aal2", "aal1", "aal2", "aal1"]);
}
