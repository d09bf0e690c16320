//! A database with two users' notes, and a project with a pool on it.

use std::str::FromStr;

use scoped_runtime::testing::Postgres;
use scoped_runtime::tokio_postgres::{Config as PostgresConfig, NoTls};
use scoped_runtime::{Config, ConfigBuilder, PostgresPool, ScopedClient, ScopedClients};

pub(crate) const ALICE: &str = "aaaaaaaa-0000-4000-8000-000000000001";
pub(crate) const BOB: &str = "bbbbbbbb-0000-4000-8000-000000000002";

/// A database, and a project that reaches it.
pub(crate) struct World {
    pub(crate) database: Postgres,
    pub(crate) clients: ScopedClients,
}

impl World {
    /// Alice has two notes and Bob has three.
    pub(crate) async fn new() -> Self {
        Self::with(|config| config, |pool| pool).await
    }

    pub(crate) async fn with(
        config: impl FnOnce(ConfigBuilder) -> ConfigBuilder,
        pool: impl FnOnce(PostgresPool) -> PostgresPool,
    ) -> Self {
        let database = database().await;
        let clients = ScopedClients::new(config(project()).build().unwrap()).unwrap();
        let made = PostgresPool::new(database.url(), NoTls).unwrap();
        let clients = clients.with_postgres(pool(made)).unwrap();
        Self { database, clients }
    }

    pub(crate) fn alice(&self) -> ScopedClient {
        self.clients.get(ALICE).unwrap()
    }

    pub(crate) fn bob(&self) -> ScopedClient {
        self.clients.get(BOB).unwrap()
    }

    /// The login role of the pool.
    pub(crate) fn login(&self) -> String {
        self.address().get_user().unwrap().to_owned()
    }

    /// One value that the superuser reads.
    pub(crate) async fn value(&self, sql: &str) -> serde_json::Value {
        let rows = self.database.sql(sql).await.unwrap();
        rows[0]
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .clone()
    }

    pub(crate) fn address(&self) -> PostgresConfig {
        PostgresConfig::from_str(self.database.url()).unwrap()
    }
}

pub(crate) async fn database() -> Postgres {
    let database = Postgres::with("tests/postgres/project/migrations")
        .await
        .unwrap();
    let notes = format!(
        "insert into notes (owner, body) values ('{ALICE}', 'a1'), ('{ALICE}', 'a2'),
         ('{BOB}', 'b1'), ('{BOB}', 'b2'), ('{BOB}', 'b3')"
    );
    database.sql(&notes).await.unwrap();
    database
}

/// A project whose API is never asked.
pub(crate) fn project() -> ConfigBuilder {
    Config::builder()
        .environment(|_| None)
        .url("http://localhost:1")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
}

/// The connections of this database that are in a transaction, or busy.
pub(crate) const NOT_IDLE: &str = "select count(*) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'";

/// Waits until a condition holds that only the server can tell, and fails after ten seconds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}
