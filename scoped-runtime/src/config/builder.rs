use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::environment::{Environment, Sources};
use super::settings::Settings;
use super::{Config, VerifierOptions, api_key, signing_key, url};
use crate::error::{ConfigurationError, Problem};
use crate::key::{Key, RemoteSigner, Signer, SigningKey};

pub(super) const URL: &[&str] = &["SUPABASE_URL"];
pub(super) const API_KEY: &[&str] = &[
    "SUPABASE_KEY",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_ANON_KEY",
];

/// Builds a [`Config`]; [`Config::builder`] returns it.
///
/// [`build`](Self::build) reads from the environment what is not set here: URL, API key, and JWT secret or signing
/// key. Values that are set here take precedence. Everything else has a default.
///
/// ```
/// use std::time::Duration;
/// use scoped_runtime::Config;
///
/// let config = Config::builder()
///     .environment(|_| None) // read no variable of the process
///     .url("https://abcdefghijkl.supabase.co")
///     .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
///     .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
///     .request_timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok::<(), scoped_runtime::ConfigurationError>(())
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct ConfigBuilder {
    /// Secret until it is checked: it may contain a password.
    pub(super) url: Option<SecretString>,
    pub(super) api_key: Option<SecretString>,
    pub(super) jwt_secret: Option<SecretString>,
    signing_key: Option<SigningKey>,
    signer: Option<RemoteSigner>,
    issuer: Option<String>,
    pub(super) allow_secret_api_key: bool,
    pub(super) dotenv: Option<PathBuf>,
    pub(super) environment: Environment,
    pub(super) verifier_options: VerifierOptions,
    pub(super) settings: Settings,
}

impl ConfigBuilder {
    /// The project's URL, such as `https://abcdefghijkl.supabase.co`; `SUPABASE_URL` in the environment. A path
    /// prefix of a self-hosted project is kept.
    #[doc(alias = "supabase_url")]
    #[doc(alias = "supabaseUrl")]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into().into());
        self
    }

    /// The publishable key or the legacy anon key, which is sent as the header `apikey`; `SUPABASE_KEY`,
    /// `SUPABASE_PUBLISHABLE_KEY` or `SUPABASE_ANON_KEY` in the environment.
    /// See <https://supabase.com/docs/guides/getting-started/api-keys>.
    #[doc(alias = "supabase_key")]
    #[doc(alias = "supabaseKey")]
    pub fn api_key(mut self, key: impl Into<SecretString>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The legacy JWT secret of the project, which signs tokens with HS256; at least 32 bytes.
    /// `SUPABASE_JWT_SECRET` in the environment.
    #[doc(alias = "supabase_jwt_secret")]
    pub fn jwt_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.jwt_secret = Some(secret.into());
        self
    }

    /// The key that signs tokens, instead of [`jwt_secret`](Self::jwt_secret); `SUPABASE_SIGNING_KEY` in the
    /// environment: the JSON that [`SigningKey::from_jwk`] takes, or the path of a file with it.
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing_key = Some(key);
        self
    }

    /// The issuer (claim `iss`) of every token, exactly as written here, instead of `{url}/auth/v1`. The project
    /// must know it as a
    /// [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc) with the public key that
    /// [`SigningKey::public_jwks`] returns, and the [`signing_key`](Self::signing_key) must be asymmetric.
    pub fn issuer(mut self, url: impl Into<String>) -> Self {
        self.issuer = Some(url.into());
        self
    }

    /// A remote key, such as one in a KMS or HSM, that signs tokens instead of [`jwt_secret`](Self::jwt_secret) or
    /// [`signing_key`](Self::signing_key).
    pub fn signer(mut self, signer: impl Signer + 'static) -> Self {
        self.signer = Some(RemoteSigner::new(signer));
        self
    }

    /// How the tokens of callers are verified. The default is to accept the tokens of the project's own Auth.
    pub fn verifier_options(mut self, options: VerifierOptions) -> Self {
        self.verifier_options = options;
        self
    }

    /// Accepts a secret key (`sb_secret_...` or a legacy `service_role` key) as the API key.
    ///
    /// Off by default, and better left off: the user's token decides what a request may see, but if the token is
    /// ever lost on the way, a secret key silently bypasses Row Level Security.
    pub fn allow_secret_api_key(mut self, allow: bool) -> Self {
        self.allow_secret_api_key = allow;
        self
    }

    /// Also reads this `.env` file. The environment of the process takes precedence over it and is not changed.
    /// Write values with `$` in single quotes, because `$NAME` is replaced by the variable elsewhere.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), scoped_runtime::Error> {
    /// let config = scoped_runtime::Config::builder().dotenv(".env").build()?;
    /// # Ok(()) }
    /// ```
    pub fn dotenv(mut self, path: impl Into<PathBuf>) -> Self {
        self.dotenv = Some(path.into());
        self
    }

    /// Reads variables with this function instead of from the environment of the process, for secret managers and
    /// tests. `|_| None` reads nothing.
    pub fn environment(
        mut self,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.environment = Environment::Lookup(Box::new(lookup));
        self
    }

    /// Reads from the environment what was not set, and checks all values.
    ///
    /// URL, API key, and JWT secret or signing key come from the variables that [`Config::from_env`] names.
    /// [`environment`](Self::environment) and [`dotenv`](Self::dotenv) change where they are read.
    ///
    /// # Errors
    /// [`ConfigurationError`] with all problems, each with its field, reason and remedy.
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
        problems.extend(self.signer.as_ref().and_then(RemoteSigner::problem));
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
                "remove one: a project signs with one key at a time",
            ));
        }
        let key = match (local.or(remote), self.jwt_secret) {
            (Some(_), Some(_)) => {
                problems.push(Problem::new(
                    field,
                    "is set beside `jwt_secret`",
                    "remove one: the project trusts the key that its JWT settings show as in use",
                ));
                None
            }
            (Some(key), None) => Some(key),
            (None, secret) => {
                signing_key::read(secret, &sources, api_key.as_ref(), &mut problems).map(Key::Local)
            }
        };
        if let Some(issuer) = &self.issuer {
            url::check_issuer(issuer, &mut problems);
        }
        let rules = self.verifier_options.check(&mut problems);
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
