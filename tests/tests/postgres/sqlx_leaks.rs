//! Thousands of `sqlx` transactions of several users on a few connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use scoped_runtime::{Error, ScopedClient, SqlxPool};
use sqlx::Row;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fuzz::{Driver, LEFT, LOOK, Seen, never_leaks};
use crate::pooler::Pooler;
use crate::sqlx::{INSERT, project_with};
use crate::support::{World, database};

/// `sqlx`, with prepared statements or without.
struct Sqlx<const PREPARED: bool>;

impl<const PREPARED: bool> Driver for Sqlx<PREPARED> {
    async fn call(
        client: ScopedClient,
        kind: u64,
        limit: Option<Duration>,
    ) -> Result<Option<Seen>, Error> {
        let db = client.sqlx();
        let db = limit.map_or_else(|| db.clone(), |limit| db.timeout(limit));
        db.transaction(async |tx| {
            if kind == 3 || kind == 5 {
                let insert = sqlx::query(INSERT).persistent(PREPARED);
                insert.bind("in a transaction").execute(&mut **tx).await?;
            }
            if kind == 4 {
                let sleep = sqlx::query("select pg_sleep(0.002)").persistent(PREPARED);
                sleep.execute(&mut **tx).await?;
                return Ok(None);
            }
            let look = sqlx::query_as::<_, Seen>(LOOK).persistent(PREPARED);
            Ok(Some(look.fetch_one(&mut **tx).await?))
        })
        .await
    }

    async fn left(client: ScopedClient) -> Result<(String, String), Error> {
        let db = client.sqlx();
        db.transaction(async |tx| {
            sqlx::raw_sql("commit").execute(&mut **tx).await?;
            // One message, which a pooler sends to one connection.
            let left = sqlx::raw_sql(LEFT).fetch_one(&mut **tx).await?;
            Ok((left.try_get(0)?, left.try_get(1)?))
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_thousand_transactions_on_four_connections_leak_nothing() {
    let database = database().await;
    let returned = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
    let seen = Arc::clone(&returned);
    // Looks at each connection that goes back: within a transaction, `now()` is when that began.
    let pool = PgPoolOptions::new()
        .max_connections(4)
        .after_release(move |connection, _| {
            let seen = Arc::clone(&seen);
            Box::pin(async move {
                let look = sqlx::raw_sql("select now() = statement_timestamp()");
                let is_clean: bool = look.fetch_one(connection).await?.try_get(0)?;
                seen[usize::from(is_clean)].fetch_add(1, Ordering::Relaxed);
                Ok(true)
            })
        });
    let pool = SqlxPool::new(pool.connect_lazy(database.url()).unwrap());
    let clients = project_with(pool);
    let world = World { database, clients };
    never_leaks::<Sqlx<true>>(&world, &world.clients).await;
    let [within, clean] = [0, 1].map(|place| returned[place].load(Ordering::Relaxed));
    assert_eq!(
        within, 0,
        "connections that went back within a transaction, of {clean}"
    );
    assert!(clean > 1000, "{clean}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_thousand_transactions_through_a_pooler_leak_nothing() {
    let world = World::new().await;
    let server = world.address();
    let Some(pooler) = Pooler::start(&server) else {
        return;
    };
    let options = PgConnectOptions::new().host("127.0.0.1").port(pooler.port);
    let options = options.username(server.get_user().unwrap());
    let options = options.database(server.get_dbname().unwrap());
    let pool = PgPoolOptions::new().max_connections(4);
    let pool = SqlxPool::new(pool.connect_lazy_with(options)).transaction_pooler(true);
    let clients = project_with(pool);
    never_leaks::<Sqlx<false>>(&world, &clients).await;
}
