//! A throw-away PostgreSQL with the roles, schemas and functions of a Supabase project.

mod archive;
mod cluster;
mod database;
mod existing;
mod local;
mod migrations;
mod session;

use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::pin::Pin;

use serde_json::Value;

use super::error::{KitError, Result};
use super::machine::{self, off_thread};
use super::packages;

pub(crate) use cluster::Kind;
pub(crate) use database::{Database, database};
#[cfg(feature = "postgres")]
pub(crate) use existing::{identifier, literal};
pub(crate) use local::{PORT_TRIES, free_port};
pub(crate) use migrations::{SqlFiles, SqlSources};
pub(crate) use session::Login;
#[cfg(feature = "postgres")]
pub(crate) use session::refused;

const STEP: &str = "postgres";

/// A PostgreSQL database for one test, with a project's migrations applied.
///
/// It has the roles, schemas, tables and functions of a Supabase project as far as policies need them: `anon`,
/// `authenticated`, `service_role`, `auth.uid()`, `auth.jwt()`, `auth.users`, `storage.objects`,
/// `storage.foldername()`, `realtime.messages`, `realtime.topic()`, and the privileges that a new table in `public`
/// gets. There is no HTTP in front of it; that is [`LocalSupabase`](super::LocalSupabase).
///
/// The server is one for each test process, and is started by the first database: that of `DATABASE_URL` if it is
/// set, otherwise with the programs of `PG_BINDIR`, of the machine, or of npm. The migrations are applied once to a
/// template, which each `Postgres` clones. Dropping it removes the database. Everything ends with the process, also
/// after SIGKILL; see [the guide](crate::docs::testing).
///
/// ```no_run
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use scoped_runtime::testing::Postgres;
///
/// let postgres = Postgres::with("supabase/migrations").await?;
/// postgres.sql("insert into notes (owner, body) values ('6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11', 'hello')").await?;
/// let rows = postgres.sql("select body from notes").await?;
/// assert_eq!(rows[0]["body"], "hello");
/// # Ok(()) }
/// ```
pub struct Postgres {
    database: Database,
    url: String,
    admin_url: String,
    /// The migrations that were applied, in their order.
    #[cfg(feature = "postgres")]
    history: Vec<(PathBuf, String)>,
}

impl Postgres {
    /// Makes a database with the migrations of this folder, such as `supabase/migrations`, when it is awaited. A
    /// relative path begins at the package's `Cargo.toml`.
    ///
    /// The files are applied as the Supabase CLI applies them: those whose names begin with a number and `_`, in the
    /// order of their names, each in a transaction, as the role `postgres`, which is not a superuser; then `seed.sql`
    /// beside the folder, if it is there.
    #[must_use = "the database is made when this is awaited"]
    pub fn with(migrations: impl Into<PathBuf>) -> PostgresBuilder {
        PostgresBuilder::default().migrations(migrations)
    }

    /// The URL of the database for the application: a login role without rights of its own, which may become `anon`
    /// or `authenticated` and nothing else (`NOINHERIT`, no `BYPASSRLS`).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of the database for the superuser, whom Row Level Security does not restrict. For
    /// `DATABASE_URL` it is the user of that URL.
    #[must_use]
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// The migrations with their texts, in the order in which they were applied.
    #[cfg(feature = "postgres")]
    pub(crate) fn history(&self) -> &[(PathBuf, String)] {
        &self.history
    }

    /// The policies, functions and views that the migrations make, as PostgreSQL writes them, for
    /// [`Definitions::differences`](crate::policies::Definitions::differences).
    ///
    /// # Errors
    /// What PostgreSQL refused.
    #[cfg(feature = "policies")]
    pub async fn definitions(&self) -> std::result::Result<crate::policies::Definitions, KitError> {
        use crate::policies::{Definition, Definitions};
        let names: Vec<String> = Definitions::LEFT_OUT
            .iter()
            .map(|name| format!("'{name}'"))
            .collect();
        let query = Definitions::QUERY.replace("$1", &format!("array[{}]", names.join(", ")));
        let rows = self.sql(&format!("set search_path = ''; {query}")).await?;
        let definitions: Vec<Definition> = serde_json::from_value(rows).map_err(|error| {
            KitError::new("sql", "the definitions cannot be read").caused_by(error)
        })?;
        Ok(Definitions::new(definitions))
    }

    /// Runs SQL as the superuser, and returns the rows of the last statement as a JSON array of objects. It is
    /// empty for a statement without rows.
    ///
    /// # Errors
    /// What PostgreSQL refused, with its message and SQLSTATE.
    pub async fn sql(&self, statements: &str) -> std::result::Result<Value, KitError> {
        sql(&self.database, statements).await
    }
}

/// Runs SQL as superuser.
pub(crate) async fn sql(database: &Database, statements: &str) -> Result<Value> {
    let (admin, statements) = (database.admin(), statements.to_owned());
    off_thread("sql", move || {
        admin.run("sql", "", async |client| {
            session::json_rows("sql", client, &statements).await
        })
    })
    .await
}

/// Shows no URL, because each has a password.
impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

/// The options of a [`Postgres`]; awaiting it makes the database.
#[derive(Debug, Clone, Default)]
#[must_use = "the database is made when this is awaited"]
pub struct PostgresBuilder {
    sources: SqlSources,
}

impl PostgresBuilder {
    /// Adds the migrations of another folder, a file or a glob. All files are applied in the order of their names.
    pub fn migrations(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.migrations.push(path.into());
        self
    }

    /// Adds a file with seeds, or a folder or glob, which is applied after the migrations. The `seed.sql` beside
    /// the migrations is no longer applied by itself.
    pub fn seed(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.seeds.get_or_insert_default().push(path.into());
        self
    }

    /// Applies no seed.
    pub fn without_seed(mut self) -> Self {
        self.sources.seeds = Some(Vec::new());
        self
    }

    fn start(self) -> Result<Postgres> {
        let files = self.sources.read()?;
        #[cfg(feature = "postgres")]
        let history = files.history();
        let existing = machine::variable("DATABASE_URL");
        let database = database(Kind::Plain, files, existing, programs, |_| Ok(()))?;
        let (app, admin) = (database.app(), database.admin());
        Ok(Postgres {
            database,
            url: app.url().to_owned(),
            admin_url: admin.url().to_owned(),
            #[cfg(feature = "postgres")]
            history,
        })
    }
}

impl IntoFuture for PostgresBuilder {
    type Output = std::result::Result<Postgres, KitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(off_thread(STEP, move || self.start()))
    }
}

/// The folder of the PostgreSQL programs: those of the machine, otherwise those that npm installs.
pub(crate) fn programs() -> Result<PathBuf> {
    machine::postgres_programs()?.map_or_else(packages::packaged_postgres, Ok)
}
