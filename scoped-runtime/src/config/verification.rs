use std::time::Duration;

use secrecy::SecretString;

use super::issuer;
use crate::error::Problem;
use crate::key::{Algorithm, KeySet, SigningKey, VerifyingKey};

/// How callers' tokens are verified; [`ConfigBuilder::verification`](crate::ConfigBuilder::verification)
/// takes it. Without one, tokens of the project's own Auth are: the keys come from
/// `{url}/auth/v1/.well-known/jwks.json`, and the JWT secret counts too if the project signs with one.
///
/// ```
/// use std::time::Duration;
/// use scoped_runtime::{Algorithm, Verification};
///
/// let verification = Verification::new()
///     .algorithms([Algorithm::Es256])
///     .leeway(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Verification {
    jwks: Option<String>,
    secrets: Vec<SecretString>,
    audience: String,
    issuer: Option<String>,
    algorithms: Vec<Algorithm>,
    leeway: Duration,
    max_bytes: usize,
}

/// More than two clocks may differ by.
const MAX_LEEWAY: Duration = Duration::from_mins(5);

impl Default for Verification {
    fn default() -> Self {
        Self::new()
    }
}

impl Verification {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            jwks: None,
            secrets: Vec::new(),
            audience: "authenticated".to_owned(),
            issuer: None,
            algorithms: vec![
                Algorithm::Es256,
                Algorithm::Rs256,
                Algorithm::EdDsa,
                Algorithm::Hs256,
            ],
            leeway: Duration::from_secs(10),
            max_bytes: 8192,
        }
    }

    /// The project's public keys as a JWK set (RFC 7517, section 5), in place of those that it lists:
    /// nothing is fetched, and a rotation needs a new configuration.
    pub fn jwks(mut self, json: impl Into<String>) -> Self {
        self.jwks = Some(json.into());
        self
    }

    /// A shared secret whose HS256 tokens are good, with whatever `kid`: the project's legacy JWT
    /// secret, or a shared secret among its signing keys. More than one may be given.
    pub fn hs256(mut self, secret: impl Into<SecretString>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// Whom tokens must be for (`aud`); `authenticated` by default.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// Who must have issued tokens (`iss`), exactly as they write it, instead of `{url}/auth/v1`: a
    /// custom domain's, or a third party's with its [`jwks`](Self::jwks). Users of such an issuer need
    /// not have a UUID.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The only algorithms; all that keys can have by default. A key never verifies another one's.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How far the issuer's clock may be from ours, for `exp`, `nbf` and `iat`; 10 seconds by default
    /// (`PostgREST` takes 30, Storage and Realtime none), 5 minutes at most.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The longest token that is read at all, in bytes; 8192 by default.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Checks everything.
    pub(super) fn rules(self, problems: &mut Vec<Problem>) -> Rules {
        let mut refuse = |field, reason: &str, remedy: &str| {
            problems.push(Problem::new(field, reason, remedy));
        };
        if self.audience.trim().is_empty() {
            refuse("audience", "is blank", "name one, or leave it out");
        }
        if self.algorithms.is_empty() {
            refuse("algorithms", "are none", "name one, or leave it out");
        }
        if self.leeway > MAX_LEEWAY {
            let remedy = "set the clocks, and allow for seconds";
            refuse("leeway", "is longer than 5 minutes", remedy);
        }
        if self.max_bytes == 0 {
            refuse("max_bytes", "is zero", "allow for 4096 at least");
        }
        if let Some(text) = &self.issuer {
            issuer::check(text, problems);
        }
        let mut reported = |problem| problems.push(problem);
        let keys = self
            .jwks
            .map(|json| KeySet::parse_given(&json).map_err(&mut reported));
        let keys = keys.and_then(Result::ok);
        let mut secrets = Vec::new();
        for secret in self.secrets {
            match SigningKey::hs256(secret) {
                Ok(key) => secrets.extend(key.shared_secret_key()),
                Err(error) => {
                    let all = error.problems().iter().cloned();
                    problems.extend(all.map(|problem| problem.of("hs256")));
                }
            }
        }
        Rules {
            keys,
            secrets,
            audience: self.audience,
            issuer: self.issuer,
            algorithms: self.algorithms,
            leeway: self.leeway,
            max_bytes: self.max_bytes,
        }
    }
}

/// A [`Verification`], checked.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The public keys, if they are not to be fetched.
    pub(crate) keys: Option<KeySet>,
    pub(crate) secrets: Vec<VerifyingKey>,
    pub(crate) audience: String,
    /// `None`: the project's own.
    pub(crate) issuer: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) leeway: Duration,
    pub(crate) max_bytes: usize,
}
