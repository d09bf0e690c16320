//! The configuration of a project: its URL, its API key, its signing key, and settings with defaults.

mod api_key;
mod builder;
mod connections;
mod environment;
mod jwt_secret;
mod limits;
mod reserved_headers;
mod settings;
mod signing_key;
mod url;
mod verifier_config;
mod verifier_options;

pub use builder::ConfigBuilder;
pub(crate) use connections::{Connections, Pem, Proxy};
pub use limits::Limits;
pub(crate) use reserved_headers::is_of_transport;
pub(crate) use settings::Settings;
pub(crate) use url::SERVICES;
pub(crate) use verifier_config::VerifierConfig;
pub use verifier_options::VerifierOptions;
pub(crate) use verifier_options::{ThirdPartyRules, VerifierRules};

use std::fmt;

use secrecy::SecretString;

use crate::error::ConfigurationError;
use crate::key::Key;

/// The checked configuration of a project; [`ScopedClients::new`](crate::ScopedClients::new) takes it.
///
/// `Debug` shows neither the API key nor the signing key. The builder reads from the environment what is not set in
/// code:
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
    rules: VerifierRules,
    pub(crate) settings: Settings,
}

impl Config {
    /// Reads the configuration from the environment: `SUPABASE_URL`, `SUPABASE_KEY` (or
    /// `SUPABASE_PUBLISHABLE_KEY`, or `SUPABASE_ANON_KEY`), and either `SUPABASE_SIGNING_KEY` (a JWK,
    /// a JWK set, or the path of a file with one) or the legacy `SUPABASE_JWT_SECRET`. A blank variable
    /// counts as unset.
    ///
    /// This is the same as `Config::builder().build()`. No `.env` file is read; for that, see
    /// [`ConfigBuilder::dotenv`].
    ///
    /// ```no_run
    /// # fn example() -> Result<(), scoped_runtime::Error> {
    /// let config = scoped_runtime::Config::from_env()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ConfigurationError`] with all problems, each with its field, reason and remedy.
    #[doc(alias = "load_config")]
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Self::builder().build()
    }

    /// Begins a configuration in code. **[`build`](ConfigBuilder::build) reads from the environment what the
    /// builder does not set**: the variables of [`from_env`](Self::from_env). To read nothing, call
    /// [`.environment(|_| None)`](ConfigBuilder::environment).
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// The project's URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Whether the API key by itself acts in the role `anon`, as far as the key tells.
    pub(crate) fn has_public_api_key(&self) -> bool {
        api_key::is_public(&self.api_key)
    }

    /// The issuer (claim `iss`) of every token: `{url}/auth/v1`, or the value of [`ConfigBuilder::issuer`].
    #[must_use]
    pub fn issuer(&self) -> String {
        let own = || url::own_issuer(&self.url);
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
