use std::time::Duration;

use secrecy::SecretString;

use super::url;
use crate::error::Problem;
use crate::key::{Algorithm, KeySet, SigningKey, VerifyingKey};

/// How the tokens of callers are verified;
/// [`ConfigBuilder::verifier_options`](crate::ConfigBuilder::verifier_options) takes it.
///
/// By default the tokens of the project's own Auth are accepted: their public keys are fetched from
/// `{url}/auth/v1/.well-known/jwks.json`, and the configured JWT secret, if any, verifies HS256.
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
    third_party: ThirdPartyRules,
    algorithms: Vec<Algorithm>,
    leeway: Duration,
    max_bytes: usize,
}

/// What is allowed in the tokens of a third-party issuer. Tokens of Supabase Auth never have any of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ThirdPartyRules {
    /// The claim `aud` may be missing.
    pub(crate) missing_audience: bool,
    /// The header may have the thumbprint of a certificate (`x5t`, RFC 7515, section 4.1.7), which is ignored.
    pub(crate) thumbprint: bool,
    /// `typ` may be `at+jwt` (RFC 9068, section 2.1).
    pub(crate) at_jwt: bool,
}

/// The maximum of [`VerifierOptions::leeway`].
const MAX_LEEWAY: Duration = Duration::from_secs(5 * 60);

impl Default for VerifierOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl VerifierOptions {
    /// The default options.
    pub fn new() -> Self {
        Self {
            jwks: None,
            secrets: Vec::new(),
            audience: "authenticated".to_owned(),
            issuer: None,
            jwks_url: None,
            third_party: ThirdPartyRules::default(),
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

    /// The public keys as a JWK set (RFC 7517, section 5). Nothing is fetched then, and a rotation of the
    /// project's keys requires a new configuration.
    pub fn jwks(mut self, json: impl Into<String>) -> Self {
        self.jwks = Some(json.into());
        self
    }

    /// A shared secret that verifies HS256 tokens, whatever their `kid`: the project's legacy JWT secret, or a
    /// shared secret among its signing keys. Can be called repeatedly.
    pub fn hs256(mut self, secret: impl Into<SecretString>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// The required audience (claim `aud`); `authenticated` by default.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The required issuer (claim `iss`), exactly as it stands in the tokens; `{url}/auth/v1` by default. Set it
    /// for a custom domain, for another address of the project (`http://localhost:8000`), or for a third-party
    /// issuer with its [`jwks_url`](Self::jwks_url) or [`jwks`](Self::jwks).
    ///
    /// The user IDs of a third-party issuer need not be UUIDs. An issuer counts as a third party if its keys are
    /// configured and it does not end with `/auth/v1`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The address of the JWK set of the third-party [`issuer`](Self::issuer) (`jwks_uri` in its discovery
    /// document). The keys are fetched and cached like the project's own. The requests contain no API key and no
    /// default headers.
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.jwks_url = Some(url.into());
        self
    }

    /// Accepts tokens of the third-party [`issuer`](Self::issuer) without the claim `aud`, such as Clerk's. If a
    /// token has the claim, it must match.
    pub fn allow_missing_audience(mut self) -> Self {
        self.third_party.missing_audience = true;
        self
    }

    /// Accepts tokens of the third-party [`issuer`](Self::issuer) whose header has the thumbprint of a certificate
    /// (`x5t`, `x5t#S256`), such as those of Microsoft Entra and AD FS. The thumbprint is ignored: `kid` selects
    /// the key.
    pub fn allow_thumbprints(mut self) -> Self {
        self.third_party.thumbprint = true;
        self
    }

    /// Accepts tokens of the third-party [`issuer`](Self::issuer) with `typ` `at+jwt` (RFC 9068), which Auth0,
    /// `Okta` and `Keycloak` can issue.
    pub fn allow_at_jwt(mut self) -> Self {
        self.third_party.at_jwt = true;
        self
    }

    /// The accepted algorithms; all by default. A key verifies only its own algorithm in any case.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// The allowed difference between the issuer's clock and this machine's, for `exp`, `nbf` and `iat`; 10
    /// seconds by default, 5 minutes at most. (`PostgREST` allows 30 seconds, Storage and Realtime none.)
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The maximum size of a token, in bytes; 8192 by default. A longer one is
    /// [`CallerError::TooLarge`](crate::CallerError::TooLarge).
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Checks all options.
    pub(super) fn check(self, problems: &mut Vec<Problem>) -> VerifierRules {
        let mut refuse = |field, reason: &str, remedy: &str| {
            problems.push(Problem::new(field, reason, remedy));
        };
        if self.audience.trim().is_empty() {
            refuse("audience", "is blank", "name one, or leave it out");
        }
        if self.algorithms.is_empty() {
            refuse("algorithms", "is empty", "name one, or leave it out");
        }
        if self.leeway > MAX_LEEWAY {
            let remedy = "synchronise the clocks, and allow a few seconds";
            refuse("leeway", "is longer than 5 minutes", remedy);
        }
        if self.max_bytes == 0 {
            refuse("max_bytes", "is zero", "allow at least 4096");
        }
        let ThirdPartyRules {
            missing_audience,
            thumbprint,
            at_jwt,
        } = self.third_party;
        for (field, is_set) in [
            ("jwks_url", self.jwks_url.is_some()),
            ("allow_missing_audience", missing_audience),
            ("allow_thumbprints", thumbprint),
            ("allow_at_jwt", at_jwt),
        ] {
            if is_set && self.issuer.is_none() {
                let remedy = "set it with `.issuer(..)`";
                refuse(
                    field,
                    "is for a third-party issuer, but none is set",
                    remedy,
                );
            }
        }
        if self.jwks.is_some() && self.jwks_url.is_some() {
            let remedy = "set the keys or their address, not both";
            refuse("jwks_url", "is set beside `jwks`", remedy);
        }
        if let Some(text) = &self.issuer {
            url::check_issuer(text, problems);
        }
        let jwks_url = self
            .jwks_url
            .and_then(|text| url::check_jwks_url(&text, problems));
        let has_own_keys = self.jwks.is_some() || jwks_url.is_some();
        let is_external = |issuer: &String| has_own_keys && !issuer.ends_with("/auth/v1");
        let external_users = self.issuer.as_ref().is_some_and(is_external);
        let mut reported = |problem| problems.push(problem);
        let keys = self
            .jwks
            .map(|json| KeySet::parse_configured(&json).map_err(&mut reported));
        let keys = keys.and_then(Result::ok);
        let mut secrets = Vec::new();
        for secret in self.secrets {
            match SigningKey::hs256(secret) {
                Ok(key) => secrets.extend(key.shared_secret_key()),
                Err(error) => {
                    let all = error.problems().iter().cloned();
                    problems.extend(all.map(|problem| problem.for_field("hs256")));
                }
            }
        }
        VerifierRules {
            keys,
            jwks_url,
            third_party: self.third_party,
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

/// Checked [`VerifierOptions`].
#[derive(Debug, Clone)]
pub(crate) struct VerifierRules {
    /// The configured public keys; `None` if they are fetched.
    pub(crate) keys: Option<KeySet>,
    /// The address of a third party's JWK set; `None` for the project's own.
    pub(crate) jwks_url: Option<::url::Url>,
    pub(crate) third_party: ThirdPartyRules,
    /// Whether user IDs need not be UUIDs.
    pub(crate) external_users: bool,
    pub(crate) secrets: Vec<VerifyingKey>,
    pub(crate) audience: String,
    /// `None` for the project's own Auth.
    pub(crate) issuer: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) leeway: Duration,
    pub(crate) max_bytes: usize,
}
