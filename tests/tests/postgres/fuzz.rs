//! The identity never leaks: thousands of calls with random time limits and dropped futures on a small pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use scoped_runtime::tokio_postgres::types::Type;
use scoped_runtime::{Error, PostgresError, ScopedClients, ScopedPostgres};
use serde_json::json;

use crate::support::{NOT_IDLE, World, until};

const TASKS: u32 = 16;
const CALLS: u32 = 250;
const USERS: u32 = 5;

/// What the calls came to.
#[derive(Debug, Default)]
struct Tally {
    answered: AtomicU32,
    dropped: AtomicU32,
    ended: AtomicU32,
    wrong: AtomicU32,
}

/// A small generator of random numbers (xorshift), so that a run can be repeated.
struct Random(u32);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % limit
    }
}

fn user(number: u32) -> String {
    format!("cccccccc-0000-4000-8000-{number:012}")
}

type Seen = (String, String, Vec<String>);

const LOOK: &str = "select coalesce(auth.uid()::text, 'nobody'), current_user::text,
                    array(select distinct owner::text from notes)";

/// One call of a random kind; what the user saw, if it was answered.
async fn call(db: &ScopedPostgres, kind: u32) -> Result<Option<Seen>, Error> {
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

async fn run(clients: &ScopedClients) -> Tally {
    let tally = Arc::new(Tally::default());
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (clients, tally) = (clients.clone(), Arc::clone(&tally));
            tokio::spawn(async move {
                let mut random = Random(0x9e37_79b9 ^ (task + 1));
                for _ in 0..CALLS {
                    let id = user(random.below(USERS));
                    let db = clients.get(&id).unwrap().postgres();
                    let kind = random.below(6);
                    let limit = Duration::from_micros((50 + random.below(4000)).into());
                    // Half of the calls are dropped after a random time; a few have a limit that the server keeps.
                    let db = if random.below(8) == 0 {
                        db.timeout(Duration::from_millis(3))
                    } else {
                        db
                    };
                    let outcome = if random.below(2) == 0 {
                        tokio::time::timeout(limit, call(&db, kind)).await
                    } else {
                        Ok(call(&db, kind).await)
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
async fn leftovers(clients: &ScopedClients) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for _ in 0..16 {
        let db = clients.get(user(0)).unwrap().postgres();
        let left: Vec<(String, String)> = db
            .transaction(async |tx| {
                tx.execute_typed("commit", &[]).await?;
                let sql = "select current_setting('role'), coalesce(current_setting('request.jwt.claims', true), '')";
                tx.fetch_typed(sql, &[]).await
            })
            .await
            .unwrap();
        found.extend(
            left.into_iter()
                .filter(|(role, claims)| role != "none" || !claims.is_empty()),
        );
    }
    found
}

/// Runs the calls, and checks that nothing of them is left.
pub(crate) async fn never_leaks(world: &World, clients: &ScopedClients) {
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
    let tally = run(clients).await;
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
    assert_eq!(leftovers(clients).await, Vec::new());
    let sessions = "select count(*) from pg_stat_activity where datname = current_database()
                    and pid <> pg_backend_pid()";
    let sessions = world.value(sessions).await.as_i64().unwrap();
    assert!(sessions <= 5, "{sessions} connections of a pool of four");
    let foreign = world.value(
        "select count(*) from notes where body like 'in a%' and owner::text not like 'cccc%'",
    );
    assert_eq!(foreign.await, json!(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_thousand_calls_on_four_connections_leak_nothing() {
    let world = World::with(|config| config, |pool| pool.max_size(4)).await;
    never_leaks(&world, &world.clients).await;
}
