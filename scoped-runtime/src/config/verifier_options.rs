use std::time::Duration;

use secrecy::SecretString;

use super::{issuer, url};
use crate::error::Problem;
use crate::key::{Algorithm, KeySet, SigningKey, VerifyingKey};

/// How callers' tokens are verified; [`ConfigBuilder::verifier_options`](crate::ConfigBuilder::verifier_options)
/// takes it. Without one, tokens of the project's own Auth are: the keys come from
/// `{url}/auth/v1/.well-known/jwks.json`, and the JWT secret counts too if the project signs with one.
///
/// ```
/// use std::time::Duration;
/// use scoped_runtime::{Algorithm, VerifierOptions};
///
/// let options = VerifierOptions::new()
///     .algorithms([Algorithm::Es256])
///     .leeway(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct VerifierOptions {
    jwks: Option<String>,
    secrets: Vec<SecretString>,
    audience: String,
    issuer: Option<String>,
    jwks_url: Option<String>,
    relaxed: Relaxed,
    algorithms: Vec<Algorithm>,
    leeway: Duration,
    max_bytes: usize,
}

/// What another issuer's tokens may be like, and those of Supabase's Auth never are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Relaxed {
    /// They may have no `aud`.
    pub(crate) audience: bool,
    /// Their header may have a certificate's thumbprint (`x5t`), which is not looked at.
    pub(crate) thumbprint: bool,
    /// Their `typ` may be `at+jwt` (RFC 9068).
    pub(crate) access_token: bool,
}

/// More than two clocks may differ by.
const MAX_LEEWAY: Duration = Duration::from_mins(5);

impl Default for VerifierOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl VerifierOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            jwks: None,
            secrets: Vec::new(),
            audience: "authenticated".to_owned(),
            issuer: None,
            jwks_url: None,
            relaxed: Relaxed::default(),
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
    /// custom domain's, another name of the project (`http://localhost:8000`), or a third party's with its
    /// [`jwks_url`](Self::jwks_url) or [`jwks`](Self::jwks). Users of a third party need not have a UUID:
    /// of an issuer with keys of its own whose name does not end with `/auth/v1`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Where the third party of [`issuer`](Self::issuer) lists its keys (`jwks_uri` in its discovery
    /// document). They are fetched and kept as the project's own are, and nothing is sent along.
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.jwks_url = Some(url.into());
        self
    }

    /// Takes tokens of the third party of [`issuer`](Self::issuer) that say for whom they are by no `aud`
    /// at all, as Clerk's do. One that is there must be ours all the same.
    pub fn allow_missing_audience(mut self) -> Self {
        self.relaxed.audience = true;
        self
    }

    /// Takes tokens of the third party of [`issuer`](Self::issuer) whose header has a certificate's
    /// thumbprint (`x5t`, `x5t#S256`), as those of Microsoft Entra and AD FS do. It is not looked at: the
    /// key is the one that `kid` names.
    pub fn allow_thumbprints(mut self) -> Self {
        self.relaxed.thumbprint = true;
        self
    }

    /// Takes tokens of the third party of [`issuer`](Self::issuer) whose `typ` is `at+jwt` (RFC 9068), as
    /// those of Auth0, `Okta` and `Keycloak` can be.
    pub fn allow_at_jwt(mut self) -> Self {
        self.relaxed.access_token = true;
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
        let Relaxed {
            audience,
            thumbprint,
            access_token,
        } = self.relaxed;
        for (field, is_set) in [
            ("jwks_url", self.jwks_url.is_some()),
            ("allow_missing_audience", audience),
            ("allow_thumbprints", thumbprint),
            ("allow_at_jwt", access_token),
        ] {
            if is_set && self.issuer.is_none() {
                let remedy = "name it with `.issuer(..)`";
                refuse(
                    field,
                    "is for a third-party issuer, and none is named",
                    remedy,
                );
            }
        }
        if self.jwks.is_some() && self.jwks_url.is_some() {
            let remedy = "give the keys, or say where they are";
            refuse("jwks_url", "is set beside `jwks`", remedy);
        }
        if let Some(text) = &self.issuer {
            issuer::check(text, problems);
        }
        let keys_at = self
            .jwks_url
            .and_then(|text| url::check_keys(&text, problems));
        let has_own_keys = self.jwks.is_some() || keys_at.is_some();
        let is_external = |issuer: &String| has_own_keys && !issuer.ends_with("/auth/v1");
        let external_users = self.issuer.as_ref().is_some_and(is_external);
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
            keys_at,
            relaxed: self.relaxed,
            external_users,
            secrets,
            audience: self.audience,
            issuer: self.issuer,
            algorithms: self.algorithms,
            leeway: self.leeway,
            max_bytes: self.max_bytes,
        }
    }
}

/// A [`VerifierOptions`], checked.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The public keys, if they are not to be fetched.
    pub(crate) keys: Option<KeySet>,
    /// Where they are fetched, if not from the project.
    pub(crate) keys_at: Option<::url::Url>,
    pub(crate) relaxed: Relaxed,
    /// Users need not have a UUID.
    pub(crate) external_users: bool,
    pub(crate) secrets: Vec<VerifyingKey>,
    pub(crate) audience: String,
    /// `None`: the project's own.
    pub(crate) issuer: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) leeway: Duration,
    pub(crate) max_bytes: usize,
}
