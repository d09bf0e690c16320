//! Subscriptions to tokens, identities without a signature, and asynchronous audit sinks (R9).
#![allow(
    clippy::disallowed_methods,
    reason = "what must not stand still is measured by the real clock"
)]

use std::error::Error as StdError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use scoped_runtime::{
    AsyncAuditSink, AuditFailure, AuditSink, Error, MintRecord, ScopedClient, ScopedClients,
    TokenError,
};
use scoped_tests::ManualClock;

use crate::support::{ALICE, BOB, EMPTY, START, Server, always, config, pass, project};

type Recorded = Result<(), Box<dyn StdError + Send + Sync>>;

fn offline(clock: &ManualClock) -> scoped_runtime::ConfigBuilder {
    config("https://project.test").clock(clock.clone())
}

#[tokio::test]
async fn subscribe_yields_each_token_and_ends_when_the_client_is_closed() {
    let clock = ManualClock::at(START);
    let clients = project(offline(&clock));
    let alice = clients.get(ALICE).unwrap();
    let mut tokens = alice.subscribe();
    let first = tokens.next().await.unwrap().unwrap();
    assert_eq!(
        first.expose_secret(),
        alice.token().unwrap().expose_secret()
    );

    let next = tokio::spawn(async move {
        let token = tokens.next().await;
        (tokens, token)
    });
    // The subscription reads the clock every 30 seconds, because a wall clock may be set.
    for _ in 0..118 {
        assert!(!next.is_finished());
        pass(&clock, Duration::from_secs(30)).await;
    }
    let (mut tokens, second) = next.await.unwrap();
    let second = second.unwrap().unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());

    let end = tokio::spawn(async move { tokens.next().await.is_none() });
    tokio::task::yield_now().await;
    alice.close();
    assert!(end.await.unwrap());
}

#[tokio::test]
async fn without_auto_refresh_subscribe_ends_when_the_token_expires() {
    let clock = ManualClock::at(START);
    let clients = project(offline(&clock));
    let alice = clients.user(ALICE).expires_in(Duration::from_secs(20));
    let mut tokens = alice.auto_refresh(false).client().unwrap().subscribe();
    tokens.next().await.unwrap().unwrap();
    let end = tokio::spawn(async move { tokens.next().await.is_none() });
    pass(&clock, Duration::from_secs(20)).await;
    assert!(end.await.unwrap());
}

#[test]
fn identity_is_available_before_the_first_token() {
    let clock = ManualClock::at(START);
    let config = offline(&clock).audit_async(Slow);
    let clients = project(config);
    let builder = clients.user(ALICE).claim("tenant_id", "acme");
    let alice = builder.actor("support-7").client().unwrap();
    let identity = alice.identity();
    assert_eq!(identity.user_id().as_str(), ALICE);
    assert_eq!(identity.role().as_str(), "authenticated");
    assert_eq!(identity.claims()["tenant_id"], "acme");
    assert!(!identity.is_anonymous());
    assert_eq!(identity.actor().unwrap().to_string(), "support-7");
    // There is no token yet: the asynchronous sink has to record it first.
    let error = alice.token().unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::AwaitSigner)),
        "{error}"
    );
}

#[derive(Debug)]
struct Slow;

impl AsyncAuditSink for Slow {
    async fn record(&self, record: &MintRecord<'_>) -> Recorded {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(record.subject.as_str(), ALICE);
        Ok(())
    }
}

#[tokio::test]
async fn queries_wait_for_an_async_audit_sink() {
    let server =
        Server::start(|mut stream, _| async move { always(&mut stream, EMPTY).await }).await;
    let clients = project(config(&server.http()).audit_async(Slow));
    let alice = clients.get(ALICE).unwrap();
    alice.from("notes").execute().await.unwrap();
    alice.token().unwrap();
    // A panic of the sink is an audit failure, and the request is not sent.
    let bob = clients.get(BOB).unwrap();
    let error = bob.from("notes").execute().await.unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Audit { .. })),
        "{error}"
    );
    assert_eq!(server.connections(), 1);
}

/// A sink that uses the client whose mints it records.
#[derive(Debug, Clone, Default)]
struct UsesItself(Arc<OnceLock<ScopedClient>>);

impl AuditSink for UsesItself {
    fn record(&self, _: &MintRecord<'_>) -> Recorded {
        if let Some(client) = self.0.get() {
            client.token()?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn an_audit_sink_that_uses_the_client_it_records_gets_an_error() {
    let clock = ManualClock::at(START);
    let sink = UsesItself::default();
    let clients = project(offline(&clock).audit(sink.clone()));
    let alice = clients.get(ALICE).unwrap();
    sink.0.set(alice.clone()).unwrap();
    clock.pass(Duration::from_hours(2));
    let begun = Instant::now();
    for error in [
        alice.token().unwrap_err(),
        alice.token_async().await.unwrap_err(),
    ] {
        assert!(
            matches!(error, Error::Token(TokenError::Audit { .. })),
            "{error}"
        );
        clock.pass(Duration::from_secs(2));
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "no deadlock");
}

#[derive(Debug)]
struct Panics;

impl AuditSink for Panics {
    fn record(&self, _: &MintRecord<'_>) -> Recorded {
        panic!("the audit sink of a test");
    }
}

#[tokio::test]
async fn a_panic_of_the_audit_sink_is_an_audit_failure() {
    let clock = ManualClock::at(START);
    let going_on = offline(&clock)
        .audit(Panics)
        .audit_failure(AuditFailure::Continue);
    let alice = project(going_on).get(ALICE).unwrap();
    alice.token().unwrap();
    clock.pass(Duration::from_hours(2));
    alice.token_async().await.unwrap();
    let error = project(offline(&clock).audit(Panics))
        .get(ALICE)
        .unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Audit { .. })),
        "{error}"
    );
}

/// A sink that sleeps when it records a mint of Alice.
#[derive(Debug, Clone, Default)]
struct Sleeps(Arc<AtomicUsize>);

impl AuditSink for Sleeps {
    fn record(&self, record: &MintRecord<'_>) -> Recorded {
        if record.subject.as_str() == ALICE {
            std::thread::sleep(Duration::from_millis(self.0.load(Ordering::SeqCst) as u64));
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_slow_audit_sink_delays_only_the_clients_of_the_recorded_token() {
    let clock = ManualClock::at(START);
    let sink = Sleeps::default();
    let clients: ScopedClients = project(offline(&clock).audit(sink.clone()));
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    sink.0.store(500, Ordering::SeqCst);
    clock.pass(Duration::from_hours(2));
    let begun = Instant::now();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let alice = alice.clone();
            tokio::spawn(async move { alice.token_async().await.unwrap() })
        })
        .collect();
    tokio::task::yield_now().await;
    // One thread runs the whole test, so a blocking sink would block Bob as well.
    bob.token_async().await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(300));
    for token in waiting {
        token.await.unwrap();
    }
    assert!(
        begun.elapsed() < Duration::from_millis(1500),
        "one record for all"
    );
}
