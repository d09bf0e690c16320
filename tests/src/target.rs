use scoped_runtime::testing::{KitError, LocalSupabase};
use scoped_runtime::{Config, ConfigBuilder};

/// The server that a program runs against: the project in the environment, otherwise a local server.
pub struct Target {
    local: Option<&'static LocalSupabase>,
}

impl Target {
    /// Uses the project in the environment. Without `SUPABASE_URL` this starts the local server of this
    /// process, which ends with it.
    pub async fn from_env_or_local() -> Result<Self, KitError> {
        let named = std::env::var("SUPABASE_URL").is_ok_and(|url| !url.is_empty());
        let local = if named {
            None
        } else {
            Some(crate::shared().await?)
        };
        Ok(Self { local })
    }

    /// As [`Self::from_env_or_local`], for programs without an async runtime.
    pub fn blocking() -> Result<Self, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(runtime.block_on(Self::from_env_or_local())?)
    }

    /// Returns a configuration of the server, which the caller can extend. Values from the environment are
    /// read when it is built.
    pub fn config_builder(&self) -> ConfigBuilder {
        self.local
            .map_or_else(Config::builder, LocalSupabase::config_builder)
    }

    /// The API key, for requests to Auth by a user who has no token yet.
    #[must_use]
    pub fn api_key(&self) -> Option<String> {
        match self.local {
            Some(local) => Some(local.api_key().to_owned()),
            None => ["KEY", "PUBLISHABLE_KEY", "ANON_KEY"]
                .iter()
                .find_map(|name| std::env::var(format!("SUPABASE_{name}")).ok()),
        }
    }

    /// The HS256 secret that the server verifies tokens with, if it has one.
    #[must_use]
    pub fn jwt_secret(&self) -> Option<String> {
        match self.local {
            Some(local) => Some(local.jwt_secret().to_owned()),
            None => std::env::var("SUPABASE_JWT_SECRET").ok(),
        }
    }
}

/// Prints the URL of the local server, or that the environment names the project.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = "the project that the environment names";
        f.write_str(self.local.map_or(named, LocalSupabase::url))
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({self})")
    }
}
