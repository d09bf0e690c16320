use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::environment::{Environment, Sources};
use super::settings::Settings;
use super::{Config, VerifierOptions, api_key, issuer, signing_key, url};
use crate::error::{ConfigurationError, Problem};
use crate::key::{Key, Remote, Signer, SigningKey};

pub(super) const URL: &[&str] = &["SUPABASE_URL"];
pub(super) const API_KEY: &[&str] = &[
    "SUPABASE_KEY",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_ANON_KEY",
];

/// Builds a [`Config`]. What is not set here is read from the environment; what is set here wins.
#[derive(Debug, Default)]
#[must_use]
pub struct ConfigBuilder {
    /// Secret until it is checked: it may hold a password.
    pub(super) url: Option<SecretString>,
    pub(super) api_key: Option<SecretString>,
    pub(super) jwt_secret: Option<SecretString>,
    signing_key: Option<SigningKey>,
    signer: Option<Remote>,
    issuer: Option<String>,
    pub(super) allow_secret_api_key: bool,
    pub(super) dotenv: Option<PathBuf>,
    pub(super) environment: Environment,
    pub(super) verifier_options: VerifierOptions,
    pub(super) settings: Settings,
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
    ///
    /// In the environment it is `SUPABASE_SIGNING_KEY`: the JSON that
    /// [`SigningKey::from_jwk`] takes, or the path of a file with it.
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing_key = Some(key);
        self
    }

    /// The issuer (`iss`) of every token, exactly as it is written here, instead of
    /// `{url}/auth/v1`: the one that the project knows as a
    /// [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc), which
    /// needs an asymmetric [`signing_key`](Self::signing_key).
    ///
    /// What the project has to be told of the key is [`SigningKey::public_jwks`].
    pub fn issuer(mut self, url: impl Into<String>) -> Self {
        self.issuer = Some(url.into());
        self
    }

    /// A key that lives elsewhere, instead of one that is given here.
    pub fn signer(mut self, signer: impl Signer + 'static) -> Self {
        self.signer = Some(Remote::new(signer));
        self
    }

    /// How callers' tokens are verified; those of the project's own Auth by default.
    pub fn verifier_options(mut self, options: VerifierOptions) -> Self {
        self.verifier_options = options;
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

    /// Reads this `.env` file too. The process environment wins over it and is not changed. Put values
    /// with `$` in single quotes: elsewhere `$NAME` stands for another variable.
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
        let sources = Sources::read(self.environment, self.dotenv.as_deref(), &mut problems);
        let url = sources
            .required("url", self.url, URL, &mut problems)
            .and_then(|text| url::check(text.expose_secret(), &mut problems));
        let api_key = sources.required("api_key", self.api_key, API_KEY, &mut problems);
        if let Some(key) = &api_key {
            api_key::check(key, self.allow_secret_api_key, &mut problems);
        }
        problems.extend(self.signer.as_ref().and_then(Remote::problem));
        let local = self.signing_key.map(Key::Local);
        let remote = self.signer.map(Key::Remote);
        let field = if remote.is_some() {
            "signer"
        } else {
            "signing_key"
        };
        if local.is_some() && remote.is_some() {
            problems.push(Problem::new(
                "signer",
                "is set beside `signing_key`",
                "drop one: a project signs with one key at a time",
            ));
        }
        let key = match (local.or(remote), self.jwt_secret) {
            (Some(_), Some(_)) => {
                problems.push(Problem::new(
                    field,
                    "is set beside `jwt_secret`",
                    "drop one: the project trusts the key that its JWT settings show as in use",
                ));
                None
            }
            (Some(key), None) => Some(key),
            (None, secret) => {
                signing_key::read(secret, &sources, api_key.as_ref(), &mut problems).map(Key::Local)
            }
        };
        if let Some(issuer) = &self.issuer {
            issuer::check(issuer, &mut problems);
        }
        let rules = self.verifier_options.rules(&mut problems);
        self.settings.check(&mut problems);
        let (Some(url), Some(api_key), Some(key), true) = (url, api_key, key, problems.is_empty())
        else {
            return Err(ConfigurationError::new(problems));
        };
        Ok(Config {
            url,
            api_key,
            key,
            issuer: self.issuer,
            rules,
            settings: self.settings,
        })
    }
}
