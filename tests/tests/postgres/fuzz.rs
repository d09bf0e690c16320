//! The identity never leaks: thousands of calls with random time limits and dropped futures on a small pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use scoped_runtime::tokio_postgres::types::Type;
use scoped_runtime::{Error, PostgresError, ScopedClient, ScopedClients, ScopedPostgres};
use scoped_tests::Random;
use serde_json::json;

use crate::support::{NOT_IDLE, World, until};

const TASKS: u64 = 16;
const CALLS: u64 = 250;
const USERS: u64 = 5;

/// What the calls came to.
#[derive(Debug, Default)]
struct Tally {
    answered: AtomicU64,
    dropped: AtomicU64,
    ended: AtomicU64,
    wrong: AtomicU64,
}

fn user(number: u64) -> String {
    format!("cccccccc-0000-4000-8000-{number:012}")
}

/// The user, the role, and the owners of the notes.
pub(crate) type Seen = (String, String, Vec<String>);

pub(crate) const LOOK: &str = "select coalesce(auth.uid()::text, 'nobody'), current_user::text,
                    array(select distinct owner::text from notes)";

/// A driver whose calls are made.
pub(crate) trait Driver {
    /// One call of a kind from 0 to 5, with a time limit that the server keeps; what the user saw, if it looked.
    fn call(
        client: ScopedClient,
        kind: u64,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Option<Seen>, Error>> + Send;

    /// The role and the claims that a session is left with, behind the end of a transaction.
    fn left(client: ScopedClient) -> impl Future<Output = Result<(String, String), Error>> + Send;
}

/// What is left on a session.
pub(crate) const LEFT: &str =
    "select current_setting('role'), coalesce(current_setting('request.jwt.claims', true), '')";

/// Direct Postgres.
pub(crate) struct Direct;

impl Driver for Direct {
    async fn call(
        client: ScopedClient,
        kind: u64,
        limit: Option<Duration>,
    ) -> Result<Option<Seen>, Error> {
        let db = client.postgres();
        match limit {
            Some(limit) => call(&db.timeout(limit), kind).await,
            None => call(&db, kind).await,
        }
    }

    async fn left(client: ScopedClient) -> Result<(String, String), Error> {
        let db = client.postgres();
        db.transaction(async |tx| {
            tx.execute_typed("commit", &[]).await?;
            let left: Vec<(String, String)> = tx.fetch_typed(LEFT, &[]).await?;
            Ok(left.into_iter().next().unwrap_or_default())
        })
        .await
    }
}

/// One call of a random kind; what the user saw, if it was answered.
async fn call(db: &ScopedPostgres, kind: u64) -> Result<Option<Seen>, Error> {
    match kind {
        0 | 1 => db.fetch_typed(LOOK, &[]).await.map(|mut rows| rows.pop()),
        2 => db.fetch_one(LOOK, &[]).await.map(Some),
        3 => {
            let write = "insert into notes (body) values ($1)";
            db.execute_typed(write, &[(&"written", Type::TEXT)])
                .await
                .map(|_| None)
        }
        4 => db
            .query_typed("select pg_sleep(0.002)", &[])
            .await
            .map(|_| None),
        _ => {
            db.transaction(async |tx| {
                tx.execute_typed("insert into notes (body) values ('in a transaction')", &[])
                    .await?;
                let seen: Vec<Seen> = tx.fetch_typed(LOOK, &[]).await?;
                Ok(seen.into_iter().next())
            })
            .await
        }
    }
}

async fn run<D: Driver>(clients: &ScopedClients) -> Tally {
    let tally = Arc::new(Tally::default());
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (clients, tally) = (clients.clone(), Arc::clone(&tally));
            tokio::spawn(async move {
                let random = Random::new(task);
                for _ in 0..CALLS {
                    let id = user(random.roll(USERS));
                    let client = clients.get(&id).unwrap();
                    let kind = random.roll(6);
                    let limit = Duration::from_micros(50 + random.roll(4000));
                    // Half of the calls are dropped after a random time; a few have a limit that the server keeps.
                    let kept = (random.roll(8) == 0).then_some(Duration::from_millis(3));
                    let outcome = if random.roll(2) == 0 {
                        tokio::time::timeout(limit, D::call(client, kind, kept)).await
                    } else {
                        Ok(D::call(client, kind, kept).await)
                    };
                    match outcome {
                        Err(_) => tally.dropped.fetch_add(1, Ordering::Relaxed),
                        // The time limit of the call.
                        Ok(Err(Error::Postgres(error)))
                            if error.is_cancelled()
                                || matches!(error, PostgresError::Timeout { .. }) =>
                        {
                            tally.ended.fetch_add(1, Ordering::Relaxed)
                        }
                        Ok(Err(error)) => panic!("{error:?}"),
                        Ok(Ok(None)) => tally.answered.fetch_add(1, Ordering::Relaxed),
                        Ok(Ok(Some((uid, role, owners)))) => {
                            if uid != id
                                || role != "authenticated"
                                || owners.iter().any(|owner| *owner != id)
                            {
                                tally.wrong.fetch_add(1, Ordering::Relaxed);
                            }
                            tally.answered.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    Arc::into_inner(tally).unwrap()
}

/// Looks at sessions from outside of any scope: a transaction that ends its own scope sees what is left.
async fn leftovers<D: Driver>(clients: &ScopedClients) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for _ in 0..16 {
        let (role, claims) = D::left(clients.get(user(0)).unwrap()).await.unwrap();
        if role != "none" || !claims.is_empty() {
            found.push((role, claims));
        }
    }
    found
}

/// Runs the calls, and checks that nothing of them is left.
pub(crate) async fn never_leaks<D: Driver>(world: &World, clients: &ScopedClients) {
    let notes: Vec<String> = (0..USERS)
        .map(|number| format!("('{}', 'first')", user(number)))
        .collect();
    world
        .database
        .sql(&format!(
            "insert into notes (owner, body) values {}",
            notes.join(", ")
        ))
        .await
        .unwrap();
    let tally = run::<D>(clients).await;
    assert_eq!(tally.wrong.load(Ordering::Relaxed), 0, "{tally:?}");
    // Both ends of the dice came up, or the test shows nothing.
    assert!(
        tally.answered.load(Ordering::Relaxed) > TASKS * CALLS / 10,
        "{tally:?}"
    );
    assert!(
        tally.dropped.load(Ordering::Relaxed) > TASKS * CALLS / 20,
        "{tally:?}"
    );
    until("nothing is busy or in a transaction", async || {
        world.value(NOT_IDLE).await == json!(0)
    })
    .await;
    assert_eq!(leftovers::<D>(clients).await, Vec::new());
    let sessions = "select count(*) from pg_stat_activity where datname = current_database()
                    and pid <> pg_backend_pid()";
    until(
        "a pool of four has at most that many connections",
        async || world.value(sessions).await.as_i64().unwrap() <= 5,
    )
    .await;
    let foreign = world.value(
        "select count(*) from notes where body like 'in a%' and owner::text not like 'cccc%'",
    );
    assert_eq!(foreign.await, json!(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_thousand_calls_on_four_connections_leak_nothing() {
    let world = World::with(|config| config, |pool| pool.max_size(4)).await;
    never_leaks::<Direct>(&world, &world.clients).await;
}
