use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::environment::{Environment, is_blank, read_dotenv};
use super::{Config, api_key, secret, url};
use crate::clock::{Clock, SystemClock};
use crate::error::{ConfigurationError, Problem};
use crate::key::SigningKey;

const URL: &[&str] = &["SUPABASE_URL"];
const API_KEY: &[&str] = &[
    "SUPABASE_KEY",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_ANON_KEY",
];
const JWT_SECRET: &[&str] = &["SUPABASE_JWT_SECRET"];

/// Builds a [`Config`]. What is not set here is read from the environment; what is set here wins.
#[derive(Debug)]
#[must_use]
pub struct ConfigBuilder {
    /// Secret until it is checked: it may hold a password.
    url: Option<SecretString>,
    api_key: Option<SecretString>,
    jwt_secret: Option<SecretString>,
    signing_key: Option<SigningKey>,
    allow_secret_api_key: bool,
    request_timeout: Duration,
    connect_timeout: Duration,
    max_token_bytes: usize,
    root_certificates: Vec<Vec<u8>>,
    clock: Option<Arc<dyn Clock>>,
    dotenv: Option<PathBuf>,
    environment: Environment,
}

impl Default for ConfigBuilder {
    fn default() -> Self {
        Self {
            url: None,
            api_key: None,
            jwt_secret: None,
            signing_key: None,
            allow_secret_api_key: false,
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            max_token_bytes: 4096,
            root_certificates: Vec::new(),
            clock: None,
            dotenv: None,
            environment: Environment::Process,
        }
    }
}

impl ConfigBuilder {
    /// The project's URL, with or without a slash at its end; a path in front of the services
    /// (self-hosted behind a prefix) is kept.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into().into());
        self
    }

    /// The publishable key, or the legacy anon key: what is sent as `apikey`.
    /// See <https://supabase.com/docs/guides/getting-started/api-keys>.
    pub fn api_key(mut self, key: impl Into<SecretString>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The legacy JWT secret of the project, which signs tokens with HS256; at least 32 bytes.
    pub fn jwt_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.jwt_secret = Some(secret.into());
        self
    }

    /// The key that signs tokens, instead of [`jwt_secret`](Self::jwt_secret).
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing_key = Some(key);
        self
    }

    /// Accepts a secret key (`sb_secret_...` or a legacy `service_role` key) as the API key.
    ///
    /// Off by default, and better left so: the user's token decides what a request may see, but if
    /// it were ever lost on the way, a secret key would silently bypass Row Level Security.
    pub fn allow_secret_api_key(mut self, allow: bool) -> Self {
        self.allow_secret_api_key = allow;
        self
    }

    /// How long one request may take in all; 30 seconds by default.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// How long making a connection may take; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The largest token in bytes; 4096 by default, since gateways drop bigger headers.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.max_token_bytes = bytes;
        self
    }

    /// Trusts one more certificate authority (PEM), for a self-hosted server with a private one.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Where the time comes from; the machine's clock by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Reads this `.env` file too. The process environment wins over it and is not changed.
    pub fn dotenv(mut self, path: impl Into<PathBuf>) -> Self {
        self.dotenv = Some(path.into());
        self
    }

    /// Asks this function instead of the process environment, for secret managers and tests.
    /// `|_| None` reads nothing.
    pub fn environment(
        mut self,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.environment = Environment::Lookup(Box::new(lookup));
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// Every problem at once, each with its field, reason and remedy.
    pub fn build(self) -> Result<Config, ConfigurationError> {
        let mut problems = Vec::new();
        let file = match self.dotenv.as_deref().map(read_dotenv) {
            Some(Err(problem)) => {
                problems.push(problem);
                HashMap::new()
            }
            Some(Ok(file)) => file,
            None => HashMap::new(),
        };
        let read =
            |set: Option<SecretString>, names| set.or_else(|| self.environment.first(&file, names));

        let url = present("url", read(self.url, URL), URL, &mut problems)
            .and_then(|text| url::check(text.expose_secret(), &mut problems));
        let api_key = present(
            "api_key",
            read(self.api_key, API_KEY),
            API_KEY,
            &mut problems,
        );
        if let Some(key) = &api_key {
            api_key::check(key, self.allow_secret_api_key, &mut problems);
        }
        let signing_key = match (self.signing_key, self.jwt_secret) {
            (Some(_), Some(_)) => {
                problems.push(Problem::new(
                    "signing_key",
                    "is set beside `jwt_secret`",
                    "drop one: the project trusts the key that its JWT settings show as in use",
                ));
                None
            }
            (Some(key), None) => Some(key),
            (None, set) => present(
                "jwt_secret",
                read(set, JWT_SECRET),
                JWT_SECRET,
                &mut problems,
            )
            .and_then(|text| secret::check(&text, api_key.as_ref(), &mut problems)),
        };
        for (field, timeout) in [
            ("request_timeout", self.request_timeout),
            ("connect_timeout", self.connect_timeout),
        ] {
            if timeout.is_zero() {
                problems.push(Problem::new(field, "is zero", "give it at least a second"));
            }
        }
        let (Some(url), Some(api_key), Some(signing_key), true) =
            (url, api_key, signing_key, problems.is_empty())
        else {
            return Err(ConfigurationError::new(problems));
        };
        Ok(Config {
            url,
            api_key,
            signing_key,
            request_timeout: self.request_timeout,
            connect_timeout: self.connect_timeout,
            max_token_bytes: self.max_token_bytes,
            root_certificates: self.root_certificates,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
        })
    }
}

/// The value, unless it is missing or blank.
fn present(
    field: &'static str,
    value: Option<SecretString>,
    names: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<SecretString> {
    let remedy = || format!("set `{}` or call `.{field}(..)`", names[0]);
    match value {
        None => {
            problems.push(Problem::new(field, "is missing", remedy()));
            None
        }
        Some(value) if is_blank(&value) => {
            problems.push(Problem::new(field, "is blank", remedy()));
            None
        }
        value => value,
    }
}
