//! What a project is: its URL, its API key, the key that signs, and limits.

mod api_key;
mod builder;
mod environment;
mod secret;
mod url;

pub use builder::ConfigBuilder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::clock::Clock;
use crate::error::ConfigurationError;
use crate::key::SigningKey;

/// A project's configuration, checked. `Debug` shows neither the API key nor the signing key.
///
/// ```
/// use scoped_runtime::Config;
///
/// let config = Config::builder()
///     .url("https://abcdefghijkl.supabase.co")
///     .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
///     .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
///     .build()?;
/// assert_eq!(config.issuer(), "https://abcdefghijkl.supabase.co/auth/v1");
/// # Ok::<(), scoped_runtime::ConfigurationError>(())
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) url: ::url::Url,
    pub(crate) api_key: SecretString,
    pub(crate) signing_key: SigningKey,
    pub(crate) request_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_token_bytes: usize,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Config {
    /// Reads the configuration from the environment: `SUPABASE_URL`, `SUPABASE_KEY` (or
    /// `SUPABASE_PUBLISHABLE_KEY`, or `SUPABASE_ANON_KEY`) and `SUPABASE_JWT_SECRET`.
    ///
    /// The same as `Config::builder().build()`. A `.env` file is read only by
    /// [`ConfigBuilder::dotenv`].
    ///
    /// # Errors
    /// Every problem at once, each with its field, reason and remedy.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Self::builder().build()
    }

    /// Starts a configuration in code. What is not set there is read from the environment.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// The project's URL, without a slash at its end.
    pub fn url(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// The issuer (`iss`) of every token: `{url}/auth/v1`.
    pub fn issuer(&self) -> String {
        format!("{}/auth/v1", self.url())
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &self.url())
            .field("api_key", &"[redacted]")
            .field("signing_key", &self.signing_key)
            .field("request_timeout", &self.request_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_token_bytes", &self.max_token_bytes)
            .field("root_certificates", &self.root_certificates.len())
            .finish_non_exhaustive()
    }
}
