//! Every mint is recorded before its token is used.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use scoped_runtime::{
    AuditFailure, AuditSink, Error, MintRecord, ScopedClients, TokenError, TracingAudit,
};
use scoped_tests::{Listener, ManualClock};
use serde_json::{Value, json};
use tracing::Level;

use crate::support::{ALICE, START, clock_seconds, config, server, verified};

/// A sink that keeps the records, or fails.
#[derive(Debug, Clone, Default)]
struct Sink {
    records: Arc<Mutex<Vec<Value>>>,
    is_down: bool,
}

impl AuditSink for Sink {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        if self.is_down {
            return Err("the disk is full".into());
        }
        let seconds = |time: SystemTime| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH);
            since.map(|since| since.as_secs()).ok()
        };
        self.records.lock().unwrap().push(json!({
            "jti": record.jwt_id,
            "sub": record.subject.as_str(),
            "role": record.role.as_str(),
            "act": record.actor.map(ToString::to_string),
            "reason": record.reason,
            "kid": record.key_id,
            "iat": seconds(record.issued_at),
            "exp": seconds(record.expires_at),
            "all": format!("{record:?}"),
        }));
        Ok(())
    }
}

impl Sink {
    fn taken(&self) -> Vec<Value> {
        std::mem::take(&mut self.records.lock().unwrap())
    }
}

fn audited(sink: &Sink, failure: AuditFailure) -> (ScopedClients, ManualClock) {
    let clock = ManualClock::at(START);
    let config = config("https://project.test")
        .clock(clock.clone())
        .audit(sink.clone())
        .audit_failure(failure)
        .build();
    (ScopedClients::new(config.unwrap()).unwrap(), clock)
}

#[test]
fn an_actor_becomes_the_act_claim_and_a_reason_stays_out_of_the_token() {
    let (clients, _) = audited(&Sink::default(), AuditFailure::Stop);
    let client = clients
        .user(ALICE)
        .actor("support-agent-7")
        .reason("ticket 4711");
    let token = client.client().unwrap().token().unwrap();
    let claims = verified(token.expose_secret());
    assert_eq!(claims["act"], json!({"sub": "support-agent-7"}));
    assert!(!Value::Object(claims).to_string().contains("4711"));
}

#[test]
fn every_mint_is_recorded_once_and_without_the_token() {
    let sink = Sink::default();
    let (clients, clock) = audited(&sink, AuditFailure::Stop);
    let client = clients.user(ALICE).actor("agent").reason("ticket");
    let client = client.client().unwrap();
    let token = client.token().unwrap();
    for hours in 0..3 {
        clock.pass(Duration::from_hours(u64::from(hours > 0)));
        client.token().unwrap();
        client.token().unwrap();
        let record = sink.taken();
        let [record] = &record[..] else {
            panic!("expected one record for one mint: {record:?}");
        };
        let now = clock_seconds(&clock);
        assert_eq!(record["jti"], client.token().unwrap().claims()["jti"]);
        assert_eq!(
            (&record["iat"], &record["exp"]),
            (&json!(now - 5), &json!(now + 3600))
        );
        for (name, value) in [
            ("sub", json!(ALICE)),
            ("role", json!("authenticated")),
            ("act", json!("agent")),
            ("reason", json!("ticket")),
            ("kid", Value::Null),
        ] {
            assert_eq!(record[name], value, "{name}");
        }
        let all = record["all"].as_str().unwrap();
        assert!(!all.contains(&token.expose_secret()[..20]), "{all}");
    }
}

#[tokio::test]
async fn a_mint_that_cannot_be_recorded_fails_unless_audit_failure_is_continue() {
    let sink = Sink {
        is_down: true,
        ..Sink::default()
    };
    let (clients, _) = audited(&sink, AuditFailure::Stop);
    let error = clients.get(ALICE).unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Audit { .. })),
        "{error}"
    );
    assert_eq!(error.source().unwrap().to_string(), "the disk is full");

    let (clients, _) = audited(&sink, AuditFailure::Continue);
    clients.get(ALICE).unwrap().token().unwrap();
}

#[tokio::test]
async fn a_request_is_not_sent_if_its_renewal_cannot_be_recorded() {
    #[derive(Debug, Default)]
    struct Once(Mutex<bool>);
    impl AuditSink for Once {
        fn record(&self, _: &MintRecord<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
            if std::mem::replace(&mut *self.0.lock().unwrap(), true) {
                return Err("down".into());
            }
            Ok(())
        }
    }
    let server = server(json!([])).await;
    let clock = ManualClock::at(START);
    let config = config(&server.url())
        .clock(clock.clone())
        .audit(Once::default());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    client.from("notes").execute().await.unwrap();
    clock.pass(Duration::from_hours(1));
    client.from("notes").execute().await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_tracing_sink_writes_an_event_without_the_token() {
    let listener = Listener::start(Level::INFO);
    let config = config("https://project.test").audit(TracingAudit);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.user(ALICE).actor("agent").reason("ticket 4711");
    let token = client.client().unwrap().token().unwrap();
    let line = listener.text();
    for part in [
        "scoped_runtime::audit",
        ALICE,
        "act=\"agent\"",
        "reason=\"ticket 4711\"",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(
        line.contains(token.claims()["jti"].as_str().unwrap()),
        "{line}"
    );
    assert!(!line.contains(token.expose_secret()), "{line}");
}
