//! Every mint is recorded before its token is used, and a policy limits what is minted at all.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use scoped_runtime::{
    AuditFailure, AuditSink, ConfigurationError, Error, MintPolicy, MintRecord, Role,
    ScopedClients, TokenError, TracingAudit,
};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::support::{ALICE, Log, START, arrived, config, project, server, verified};

/// Keeps what it is told, or fails.
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
fn an_actor_is_a_claim_and_a_reason_is_not() {
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
            panic!("one mint, one record: {record:?}");
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
async fn what_cannot_be_recorded_is_not_used() {
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
async fn a_renewal_that_cannot_be_recorded_sends_nothing() {
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
    let server = server(wiremock::ResponseTemplate::new(200)).await;
    let clock = ManualClock::at(START);
    let config = config(&server.uri())
        .clock(clock.clone())
        .audit(Once::default());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    client.from("notes").execute().await.unwrap();
    clock.pass(Duration::from_hours(1));
    client.from("notes").execute().await.unwrap_err();
    assert_eq!(arrived(&server).await.len(), 1);
}

fn fields(error: Error) -> Vec<String> {
    let Error::Configuration(error) = error else {
        panic!("{error}");
    };
    let fields = ConfigurationError::problems(&error).iter();
    fields.map(|problem| problem.field().to_owned()).collect()
}

#[test]
fn a_policy_limits_every_client_and_says_all_that_is_wrong() {
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

#[tokio::test]
async fn a_narrowed_client_may_do_less_and_never_more() {
    let (server, clients, _) = project().await;
    let client = clients
        .user(ALICE)
        .actor("agent")
        .claim("a", 1)
        .claim("b", 2);
    let client = client.expires_in(Duration::from_mins(10)).client().unwrap();
    let less = client
        .narrow()
        .expires_in(Duration::from_mins(1))
        .keep_claims(["a"]);
    let less = less.client().unwrap();
    less.from("notes").execute().await.unwrap();
    let claims = verified(crate::support::bearer(&crate::support::only(&server).await));
    assert_eq!((&claims["a"], claims.get("b")), (&json!(1), None));
    assert_eq!(claims["act"], json!({"sub": "agent"}));
    assert_eq!(claims["exp"], START + 60);

    let same = client.narrow().client().unwrap().token().unwrap().claims();
    assert_eq!((&same["a"], &same["b"]), (&json!(1), &json!(2)));

    let more = client.narrow().expires_in(Duration::from_mins(11));
    assert_eq!(fields(more.client().unwrap_err()), ["expires_in"]);
    let more = less.narrow().keep_claims(["b"]);
    assert_eq!(fields(more.client().unwrap_err()), ["keep_claims"]);
    let more = less.narrow().keep_claims(["sub", "exp"]);
    assert_eq!(
        fields(more.client().unwrap_err()),
        ["keep_claims", "keep_claims"]
    );
    let more = client.narrow().role("reporting");
    assert_eq!(fields(more.client().unwrap_err()), ["role"]);
    client.narrow().role("service_role").client().unwrap_err();
}

#[test]
fn a_narrowed_client_takes_another_role_of_the_policys_list() {
    let roles = ["authenticated", "reporting"].map(|role| Role::new(role).unwrap());
    let config = config("https://project.test").mint_policy(MintPolicy::new().roles(roles));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    let narrowed = client.narrow().role("reporting").client().unwrap();
    assert_eq!(narrowed.token().unwrap().claims()["role"], "reporting");
    client.narrow().role("admin").client().unwrap_err();
}

fn clock_seconds(clock: &ManualClock) -> u64 {
    use scoped_runtime::Clock;
    let since = clock.now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

#[test]
fn the_tracing_sink_writes_an_event_without_the_token() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let token = tracing::subscriber::with_default(subscriber, || {
        let config = config("https://project.test").audit(TracingAudit);
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        let client = clients.user(ALICE).actor("agent").reason("ticket 4711");
        client.client().unwrap().token().unwrap()
    });
    let line = log.text();
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
