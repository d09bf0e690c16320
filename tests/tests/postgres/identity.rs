//! The identity of a statement is the one that a token is made of.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{
    AuditSink, Error, MintPolicy, MintPurpose, MintRecord, ScopedPostgres, TokenError,
};
use serde_json::{Value, json};

use crate::support::{ALICE, World};

/// Keeps what was recorded.
#[derive(Debug, Clone, Default)]
struct Journal(Arc<Mutex<Vec<Entry>>>);

/// The purpose of a mint, the ID of its key, and its JWT ID.
type Entry = (MintPurpose, Option<String>, String);

impl AuditSink for Journal {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let key_id = record.key_id.map(str::to_owned);
        self.0
            .lock()
            .unwrap()
            .push((record.purpose, key_id, record.jwt_id.clone()));
        Ok(())
    }
}

impl Journal {
    fn purposes(&self) -> Vec<MintPurpose> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(purpose, ..)| *purpose)
            .collect()
    }
}

const CLAIMS: &str = "select auth.jwt()";

pub(crate) async fn claims<C>(db: &ScopedPostgres<C>) -> Result<Value, Error> {
    Ok(db.fetch_one::<(Value,)>(CLAIMS, &[]).await?.0)
}

#[tokio::test]
async fn the_claims_are_those_of_a_token() {
    let world = World::new().await;
    let client = world
        .clients
        .user(ALICE)
        .claim("tenant_id", "acme \u{1f600} \"quoted\"")
        .claim("app_metadata", json!({ "deep": [1, { "a": null }] }))
        .actor("support-agent-7")
        .client()
        .unwrap();
    let mut token = Value::Object(client.token().unwrap().claims());
    let mut direct = claims(&client.postgres()).await.unwrap();
    for claims in [&mut token, &mut direct] {
        let claims = claims.as_object_mut().unwrap();
        // An hour, and the seconds that `iat` is early for servers whose clock is behind.
        let lifetime = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        assert_eq!(lifetime, 3605);
        for varies in ["iat", "exp", "jti"] {
            assert!(claims.remove(varies).is_some());
        }
    }
    assert_eq!(token, direct);
    assert_eq!(direct["role"], "authenticated");
}

#[tokio::test]
async fn a_policy_reads_a_custom_claim() {
    let world = World::new().await;
    world
        .database
        .sql("insert into shared values ('acme', 'ours'), ('other', 'theirs')")
        .await
        .unwrap();
    let read = async |tenant: &str| -> Vec<String> {
        let member = world
            .clients
            .user(ALICE)
            .claim("tenant_id", tenant)
            .postgres()
            .unwrap();
        member.fetch("select body from shared", &[]).await.unwrap()
    };
    assert_eq!(read("acme").await, ["ours"]);
    assert_eq!(read("other").await, ["theirs"]);
    assert!(read("none").await.is_empty());
}

#[tokio::test]
async fn nothing_is_signed_and_the_audit_says_what_each_mint_is_for() {
    let journal = Journal::default();
    let clock = ManualClock::real();
    let world = World::with(
        |config| config.audit(journal.clone()).clock(clock.clone()),
        |pool| pool,
    )
    .await;
    let direct = world
        .clients
        .user(ALICE)
        .expires_in(Duration::from_mins(10))
        .postgres()
        .unwrap();
    assert_eq!(
        journal.purposes(),
        [MintPurpose::Postgres],
        "recorded when it is made, and no token with it"
    );
    let first = claims(&direct).await.unwrap()["jti"].clone();
    let recorded = journal.0.lock().unwrap()[0].clone();
    assert_eq!((recorded.1, Value::from(recorded.2)), (None, first.clone()));
    assert_eq!(claims(&direct).await.unwrap()["jti"], first, "cached");

    clock.pass(Duration::from_secs(560));
    let tasks = (0..8).map(|_| {
        let direct = direct.clone();
        tokio::spawn(async move { claims(&direct).await.unwrap()["jti"].clone() })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_ne!(task.await.unwrap(), first);
    }
    assert_eq!(
        journal.purposes(),
        [MintPurpose::Postgres; 2],
        "one renewal for all"
    );

    world.clients.get(ALICE).unwrap().token().unwrap();
    assert_eq!(journal.purposes()[2], MintPurpose::Token);
}

#[tokio::test]
async fn the_mint_policy_is_asked_for_every_renewal() {
    let is_banned = Arc::new(Mutex::new(false));
    let (clock, banned) = (ManualClock::real(), Arc::clone(&is_banned));
    let policy = MintPolicy::new().refuse_subjects(move |_| *banned.lock().unwrap());
    let world = World::with(
        |config| config.mint_policy(policy).clock(clock.clone()),
        |pool| pool,
    )
    .await;
    let direct = world.alice().postgres();
    claims(&direct).await.unwrap();
    *is_banned.lock().unwrap() = true;
    claims(&direct).await.unwrap();
    clock.pass(Duration::from_secs(3601));
    let error = claims(&direct).await.unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::RefusedByPolicy { .. })),
        "{error}"
    );
    let error = world.clients.user(ALICE).postgres().unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error}");
}

#[tokio::test]
async fn a_session_without_renewal_ends_with_its_first_mint() {
    let clock = ManualClock::real();
    let world = World::with(|config| config.clock(clock.clone()), |pool| pool).await;
    let client = world
        .clients
        .user(ALICE)
        .expires_in(Duration::from_mins(10))
        .auto_refresh(false)
        .client()
        .unwrap();
    let end = client.token().unwrap().claims()["exp"].as_u64().unwrap();
    clock.pass(Duration::from_mins(5));
    let direct = claims(&client.postgres()).await.unwrap();
    assert!(direct["exp"].as_u64().unwrap() <= end, "{direct}");
    clock.pass(Duration::from_secs(301));
    let error = claims(&client.postgres()).await.unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
}

#[tokio::test]
async fn expired_claims_send_nothing_more_of_a_transaction() {
    let clock = ManualClock::real();
    let world = World::with(
        |config| config.clock(clock.clone()),
        |pool| pool.timeout(Duration::from_secs(100_000)),
    )
    .await;
    let direct = world
        .clients
        .user(ALICE)
        .expires_in(Duration::from_mins(10))
        .postgres()
        .unwrap();
    let error = direct
        .transaction(async |tx| {
            tx.execute("delete from notes", &[]).await?;
            clock.pass(Duration::from_secs(601));
            let error = tx.query("select 1", &[]).await.unwrap_err();
            assert!(
                matches!(error, Error::Token(TokenError::Expired)),
                "{error}"
            );
            Ok::<_, Error>(())
        })
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
    assert_eq!(world.value("select count(*) from notes").await, json!(5));
}

#[tokio::test]
async fn a_forwarded_token_gives_its_own_claims_until_its_end() {
    let clock = ManualClock::real();
    let world = World::with(|config| config.clock(clock.clone()), |pool| pool).await;
    let token = world
        .clients
        .user(ALICE)
        .claim("plan", "pro")
        .client()
        .unwrap()
        .token()
        .unwrap();
    let header = format!("Bearer {}", token.expose_secret());
    let caller = world
        .clients
        .authenticate::<scoped_runtime::NoClaims>(&header)
        .await
        .unwrap();
    let forwarded = caller.forward_token(&world.clients).unwrap().postgres();
    assert_eq!(
        claims(&forwarded).await.unwrap(),
        Value::Object(token.claims())
    );
    assert_eq!(
        forwarded
            .query("select from notes", &[])
            .await
            .unwrap()
            .len(),
        2
    );
    clock.pass(Duration::from_secs(3601));
    let error = claims(&forwarded).await.unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
}

#[tokio::test]
async fn a_narrowed_client_has_fewer_claims() {
    let world = World::new().await;
    let client = world
        .clients
        .user(ALICE)
        .claim("a", 1)
        .claim("b", 2)
        .client()
        .unwrap();
    let narrowed = client.narrow().keep_claims(["b"]).client().unwrap();
    let claims = claims(&narrowed.postgres()).await.unwrap();
    assert_eq!((claims.get("a"), &claims["b"]), (None, &json!(2)));
}
