//! What a project is: its URL, its API key, the key that signs, and limits.

mod api_key;
mod builder;
mod connections;
mod environment;
mod framing;
mod issuer;
mod limits;
mod secret;
mod settings;
mod signing_key;
mod url;
mod verifier;
mod verifier_options;

pub use builder::ConfigBuilder;
pub(crate) use connections::{Connections, Pem, Proxy};
pub(crate) use framing::is_framing;
pub use limits::Limits;
pub(crate) use settings::Settings;
pub(crate) use verifier::VerifierConfig;
pub use verifier_options::VerifierOptions;
pub(crate) use verifier_options::{Relaxed, Rules};

use std::fmt;

use secrecy::SecretString;

use crate::error::ConfigurationError;
use crate::key::Key;

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
    pub(crate) key: Key,
    issuer: Option<String>,
    rules: Rules,
    pub(crate) settings: Settings,
}

impl Config {
    /// Reads the configuration from the environment: `SUPABASE_URL`, `SUPABASE_KEY` (or
    /// `SUPABASE_PUBLISHABLE_KEY`, or `SUPABASE_ANON_KEY`), and either `SUPABASE_SIGNING_KEY` (a JWK,
    /// a JWK set, or the path of a file with one) or the legacy `SUPABASE_JWT_SECRET`. A variable that is
    /// blank counts as unset.
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
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Whether the API key alone acts in the role `anon`, as far as it says.
    pub(crate) fn has_public_api_key(&self) -> bool {
        api_key::is_public(&self.api_key)
    }

    /// The issuer (`iss`) of every token: `{url}/auth/v1`, unless [`ConfigBuilder::issuer`] says
    /// otherwise.
    #[must_use]
    pub fn issuer(&self) -> String {
        let own = || format!("{}/auth/v1", self.url());
        self.issuer.clone().unwrap_or_else(own)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &self.url())
            .field("api_key", &"[redacted]")
            .field("key", &self.key)
            .field("issuer", &self.issuer())
            .field("verifier_options", &self.rules)
            .field("settings", &self.settings)
            .finish()
    }
}
