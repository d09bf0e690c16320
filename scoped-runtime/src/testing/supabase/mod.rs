//! A Supabase server for tests: real HTTP, real PostgreSQL, real Row Level Security.

mod builder;
mod control;
mod gateway;
mod lite;
mod node;
mod route;

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::error::{KitError, Result};
use super::machine::off_thread;
use super::postgres::{self, Database, Kind, SqlFiles};
use crate::config::{Config, ConfigBuilder};
use crate::error::ConfigurationError;
use gateway::{Door, Gateways};
use lite::{Keys, Lite};
use route::Route;

pub use builder::LocalSupabaseBuilder;
pub use gateway::Gateway;
pub use node::{Installation, run_script};

const STEP: &str = "start";

/// A Supabase server for this process only, with free ports, a project's migrations, and keys that are made for this
/// start.
///
/// It answers as PostgREST, Auth and Storage do, on a PostgreSQL in which the migrations of the project are applied
/// as [`Postgres`](super::Postgres) applies them; it needs Node's `npm`, which installs `@supabase/lite` once. Other
/// services are servers of the test's own, see [`LocalSupabaseBuilder::route`].
///
/// Dropping it stops all its programs and removes the data. It also stops when this process ends, even by a panic or
/// SIGKILL; see [the guide](crate::docs::testing).
///
/// ```no_run
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use scoped_runtime::ScopedClients;
/// use scoped_runtime::testing::LocalSupabase;
///
/// let server = LocalSupabase::with("supabase/migrations").await?;
/// let clients = ScopedClients::new(server.config()?)?;
/// let alice = clients.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<serde_json::Value> = alice.from("notes").select("*").fetch().await?;
/// assert!(notes.is_empty());
/// # Ok(()) }
/// ```
pub struct LocalSupabase {
    front: Gateway,
    gateways: Arc<Gateways>,
    door: Arc<Door>,
    lite: Lite,
    database: Database,
    database_url: String,
    admin_url: String,
}

/// What makes a server.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Plan {
    files: SqlFiles,
    schemas: Vec<String>,
    routes: Vec<Route>,
}

impl LocalSupabase {
    /// Starts a server with the migrations of this folder, such as `supabase/migrations`, when it is awaited. A
    /// relative path begins at the package's `Cargo.toml`. The files and `seed.sql` are applied as by
    /// [`Postgres::with`](super::Postgres::with).
    ///
    /// The first start on a machine also installs the server, which takes up to a minute; later starts take
    /// seconds.
    #[must_use = "the server starts when this is awaited"]
    pub fn with(migrations: impl Into<std::path::PathBuf>) -> LocalSupabaseBuilder {
        LocalSupabaseBuilder::default().migrations(migrations)
    }

    fn start(plan: Plan) -> Result<Self> {
        let installation = Installation::ensure()?;
        let prepare = |database: &postgres::Login| lite::prepare(&installation, database);
        let database =
            postgres::database(Kind::Lite, plan.files, None, postgres::programs, prepare)?;
        let keys = Keys::new()?;
        let lite = lite::start(&installation, &database.lite(), &keys, &plan.schemas)?;
        let door = Arc::new(Door {
            installation,
            lite: lite.port,
            keys,
            routes: plan.routes,
        });
        let gateways = Arc::new(Gateways::default());
        Ok(Self {
            front: Gateway::start(&door, &gateways)?,
            gateways,
            door,
            lite,
            database_url: database.app().url().to_owned(),
            admin_url: database.admin().url().to_owned(),
            database,
        })
    }

    /// Starts another gateway to the same tables with its own keys, for tests that change keys.
    ///
    /// # Errors
    /// A gateway that does not start.
    pub async fn gateway(&self) -> std::result::Result<Gateway, KitError> {
        let (door, gateways) = (self.door.clone(), self.gateways.clone());
        off_thread("gateway", move || Gateway::start(&door, &gateways)).await
    }

    /// As [`Gateway::trust`], for the gateway that all tests of this server share.
    ///
    /// # Errors
    /// As [`Gateway::trust`].
    pub async fn trust(&self, keys: &[Value]) -> std::result::Result<(), KitError> {
        self.front.trust(keys).await
    }

    /// As [`Gateway::legacy_secret`], for the gateway that all tests of this server share.
    ///
    /// # Errors
    /// As [`Gateway::legacy_secret`].
    pub async fn legacy_secret(&self, trusted: bool) -> std::result::Result<(), KitError> {
        self.front.legacy_secret(trusted).await
    }

    /// As [`Gateway::sign_sessions`], for the gateway that all tests of this server share.
    ///
    /// # Errors
    /// As [`Gateway::sign_sessions`].
    pub async fn sign_sessions(&self, key: &Value) -> std::result::Result<(), KitError> {
        self.front.sign_sessions(key).await
    }

    /// Returns a configuration of this server, which the caller can extend. It reads no environment variable.
    pub fn config_builder(&self) -> ConfigBuilder {
        self.front.config_builder().jwt_secret(self.jwt_secret())
    }

    /// Returns a complete configuration of this server.
    ///
    /// # Errors
    /// None is known; the type is that of [`ConfigBuilder::build`].
    pub fn config(&self) -> std::result::Result<Config, ConfigurationError> {
        self.config_builder().build()
    }

    /// The project's address, as in `SUPABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        self.front.url()
    }

    /// The publishable key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.front.api_key()
    }

    /// The secret key, which acts as `service_role` without a token.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.door.keys.secret
    }

    /// The legacy HS256 secret, which is trusted until it is dropped with [`LocalSupabase::legacy_secret`].
    #[must_use]
    pub fn jwt_secret(&self) -> &str {
        self.front.jwt_secret()
    }

    /// The URL of the database for direct connections of the application, as
    /// [`Postgres::url`](super::Postgres::url).
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The URL of the database for the superuser, as [`Postgres::admin_url`](super::Postgres::admin_url).
    #[must_use]
    pub fn admin_database_url(&self) -> &str {
        &self.admin_url
    }

    /// Runs SQL as superuser, which bypasses Row Level Security, and returns the rows of the last statement as a
    /// JSON array of objects.
    ///
    /// Use it for rows, not for tables: the server knows only the tables that existed when it started.
    ///
    /// # Errors
    /// What PostgreSQL refused, with its message and SQLSTATE.
    pub async fn sql(&self, statements: &str) -> std::result::Result<Value, KitError> {
        postgres::sql(&self.database, statements).await
    }

    /// The folder with the configuration of the server and the files of Storage, while it runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.lite.supervisor.folder()
    }
}

impl std::fmt::Debug for LocalSupabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalSupabase")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
