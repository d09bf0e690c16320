use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use scoped_runtime::{Config, ConfigBuilder, ConfigurationError};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::error::{Result, StartError};
use crate::gateway::{Door, Gateway};
use crate::install::{Installation, Machine};
use crate::lite::{self, Keys};
use crate::postgres::Postgres;
use crate::watchdog::Watchdog;
use crate::worker::off_thread;

/// A Supabase server for this process only, with free ports, its own data, and keys that are made for this
/// start.
///
/// Dropping it stops all its programs and removes the data. It also stops when this process ends, even by a
/// panic or SIGKILL.
pub struct LocalSupabase {
    front: Gateway,
    door: Arc<Door>,
    postgres: Arc<Postgres>,
    installation: Arc<Installation>,
    folder: PathBuf,
    // This is the last field, because dropping it stops the programs that the other fields use.
    watchdog: Arc<Mutex<Watchdog>>,
}

impl LocalSupabase {
    /// Starts a server. The first start on a machine also installs it, which takes up to a minute; later
    /// starts take seconds.
    pub async fn start() -> Result<Self> {
        Self::start_on(Machine::this()).await
    }

    /// As [`LocalSupabase::start`], with other files or another `PATH`.
    pub async fn start_on(machine: Machine) -> Result<Self> {
        off_thread("start", move || Self::start_blocking(&machine)).await
    }

    /// Returns the shared server of this process. The first call starts it, and it stops when the process
    /// ends.
    ///
    /// A failed start is not repeated, so every test shows the same error at once.
    pub async fn shared() -> std::result::Result<&'static Self, &'static StartError> {
        static SHARED: OnceCell<Result<LocalSupabase>> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await.as_ref()
    }

    fn start_blocking(machine: &Machine) -> Result<Self> {
        let installation = Installation::ensure(machine)?;
        let mut watchdog = Watchdog::start(&installation)?;
        let postgres = Postgres::start(machine, &installation, &mut watchdog)?;
        let keys = Keys {
            lite_secret: watchdog.random()?,
            publishable: format!("sb_publishable_{}", watchdog.random()?),
            secret: format!("sb_secret_{}", watchdog.random()?),
        };
        let port = lite::start(&installation, &mut watchdog, &postgres, &keys)?;
        let door = Arc::new(Door {
            node: installation.node.clone(),
            script: installation.script("gateway.mjs"),
            lite: port,
            keys,
        });
        let folder = watchdog.folder.clone();
        let watchdog = Arc::new(Mutex::new(watchdog));
        Ok(Self {
            front: Gateway::start(&door, &watchdog)?,
            door,
            postgres: Arc::new(postgres),
            installation: Arc::new(installation),
            folder,
            watchdog,
        })
    }

    /// Starts another gateway to the same tables with its own keys, for tests that change keys.
    pub async fn gateway(&self) -> Result<Gateway> {
        let (door, watchdog) = (self.door.clone(), self.watchdog.clone());
        off_thread("gateway", move || Gateway::start(&door, &watchdog)).await
    }

    /// As [`Gateway::trust`], for the gateway that all tests of this server share.
    pub async fn trust(&self, keys: &[Value]) -> Result<()> {
        self.front.trust(keys).await
    }

    /// As [`Gateway::legacy_secret`], for the gateway that all tests of this server share.
    pub async fn legacy_secret(&self, trusted: bool) -> Result<()> {
        self.front.legacy_secret(trusted).await
    }

    /// As [`Gateway::sign_sessions`], for the gateway that all tests of this server share.
    pub async fn sign_sessions(&self, key: &Value) -> Result<()> {
        self.front.sign_sessions(key).await
    }

    /// Returns a configuration of this server, which the caller can extend. It reads no environment
    /// variable.
    pub fn config_builder(&self) -> ConfigBuilder {
        self.front.config_builder().jwt_secret(self.jwt_secret())
    }

    /// Returns a complete configuration of this server.
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

    /// The URL of its database, for another server that connects as Lite does: as an ordinary login role, which
    /// may take the roles `anon`, `authenticated` and `service_role`.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.postgres.login_url()
    }

    /// Runs SQL as superuser, which bypasses row level security, and returns the rows of the last statement
    /// as an array.
    ///
    /// Use it for rows, not for tables: the server knows only the tables that existed when it started.
    pub async fn sql(&self, statement: &str) -> Result<Value> {
        let (postgres, installation) = (self.postgres.clone(), self.installation.clone());
        let statement = statement.to_owned();
        off_thread("sql", move || postgres.sql(&installation, &statement)).await
    }

    /// Applies histories of SQL files as superuser and statement by statement, each to a database of its
    /// own that begins with `before`. A statement that fails is skipped. Returns for each history `{
    /// policies, refused }`: the policies of `pg_policies` at the end, as `schema.table name`, and the
    /// messages of the failed statements.
    pub async fn histories(&self, before: &str, histories: Vec<Vec<String>>) -> Result<Value> {
        let (postgres, installation) = (self.postgres.clone(), self.installation.clone());
        let before = before.to_owned();
        off_thread("histories", move || {
            postgres.histories(&installation, &before, &histories)
        })
        .await
    }

    /// The folder with all files of this server while it runs.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }
}

impl std::fmt::Debug for LocalSupabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalSupabase")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
