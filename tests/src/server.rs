use std::sync::Arc;

use scoped_runtime::{Config, ConfigBuilder, ConfigurationError};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::error::{Result, StartError};
use crate::install::{Installation, Machine};
use crate::lite::{self, Keys};
use crate::postgres::Postgres;
use crate::watchdog::Watchdog;
use crate::worker::off_thread;

/// A Supabase server of this process alone: free ports, its own data, keys that are made for this start.
///
/// Dropping it stops everything and removes the data. So does the end of this process, also by a panic or SIGKILL.
pub struct LocalSupabase {
    url: String,
    keys: Keys,
    postgres: Arc<Postgres>,
    installation: Arc<Installation>,
    // Last, as dropping it stops what the others describe.
    watchdog: Watchdog,
}

impl LocalSupabase {
    /// Starts one. The first start on a machine also installs, which takes up to a minute; later ones take seconds.
    pub async fn start() -> Result<Self> {
        Self::start_on(Machine::this()).await
    }

    /// As [`LocalSupabase::start`], with other files or another `PATH`.
    pub async fn start_on(machine: Machine) -> Result<Self> {
        off_thread("start", move || Self::start_blocking(&machine)).await
    }

    /// The one server of this process: started by whoever asks first, and stopped when the process ends.
    ///
    /// A start that failed is not tried again, so that every test shows the same error at once.
    pub async fn shared() -> std::result::Result<&'static Self, &'static StartError> {
        static SHARED: OnceCell<Result<LocalSupabase>> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await.as_ref()
    }

    fn start_blocking(machine: &Machine) -> Result<Self> {
        let installation = Installation::ensure(machine)?;
        let mut watchdog = Watchdog::start(&installation)?;
        let postgres = Postgres::start(machine, &installation, &mut watchdog)?;
        let keys = Keys {
            jwt_secret: watchdog.random()?,
            publishable: format!("sb_publishable_{}", watchdog.random()?),
            secret: format!("sb_secret_{}", watchdog.random()?),
        };
        let port = lite::start(&installation, &mut watchdog, &postgres, &keys)?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            keys,
            postgres: Arc::new(postgres),
            installation: Arc::new(installation),
            watchdog,
        })
    }

    /// A configuration of this server, to be added to. It reads nothing from the environment.
    pub fn config_builder(&self) -> ConfigBuilder {
        Config::builder()
            .environment(|_| None)
            .url(&self.url)
            .api_key(self.api_key())
            .jwt_secret(self.jwt_secret())
    }

    /// A ready configuration of this server.
    pub fn config(&self) -> std::result::Result<Config, ConfigurationError> {
        self.config_builder().build()
    }

    /// The project's address, as in `SUPABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The publishable key.
    pub fn api_key(&self) -> &str {
        &self.keys.publishable
    }

    /// The secret key, which alone acts as `service_role`.
    pub fn secret_key(&self) -> &str {
        &self.keys.secret
    }

    /// The HS256 secret that the server verifies tokens with.
    pub fn jwt_secret(&self) -> &str {
        &self.keys.jwt_secret
    }

    /// Runs SQL as superuser, past row level security, and gives the rows of the last statement as an array.
    ///
    /// For rows, not for tables: the server knows only the tables that were there when it started.
    pub async fn sql(&self, statement: &str) -> Result<Value> {
        let (postgres, installation) = (self.postgres.clone(), self.installation.clone());
        let statement = statement.to_owned();
        off_thread("sql", move || postgres.sql(&installation, &statement)).await
    }

    /// The folder that holds everything of this server while it runs.
    pub fn folder(&self) -> &std::path::Path {
        &self.watchdog.folder
    }
}

impl std::fmt::Debug for LocalSupabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalSupabase")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
