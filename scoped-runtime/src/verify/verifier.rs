use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use serde::de::DeserializeOwned;

use super::VerifiedToken;
use super::compact_jws::CompactJws;
use super::jwks_cache::JwksCache;
use super::registered_claims::RegisteredClaims;
use super::verified_cache::{VerifiedCache, VerifiedWith};
use super::verified_token::Verified;
use crate::claims::ScopedClaims;
use crate::clock::Clock;
use crate::config::{ConfigBuilder, VerifierConfig, VerifierRules};
use crate::error::{CallerError, ConfigurationError};
use crate::key::{Algorithm, Key, KeySet, VerifyingKey};
use crate::metrics::{self, SignatureCheck};
use crate::transport::{JwksEndpoint, Transport};

/// Verifies the access tokens of callers: that the project's Auth signed the token for this project and a
/// signed-in user, and that it has not expired. Cheap to clone; clones share the keys.
///
/// [`ScopedClients::verifier`](crate::ScopedClients::verifier) returns the verifier of a project. A service
/// that only verifies tokens creates a verifier without a signing key:
///
/// ```no_run
/// use scoped_runtime::{Config, NoClaims};
///
/// # async fn example(header: &str) -> Result<(), scoped_runtime::Error> {
/// let verifier = Config::builder().url("https://abcdefghijkl.supabase.co").verifier()?;
/// let caller = verifier.authenticate::<NoClaims>(header).await?;   // the `Authorization` header
/// println!("{}", caller.user_id());
/// # Ok(()) }
/// ```
///
/// By default, the keys are those that the project lists (`/auth/v1/.well-known/jwks.json`, RFC 7517). They
/// are fetched when they are first needed and cached for the `max-age` of the answer: 10 minutes if the
/// answer has none, at least 30 seconds and at most one hour. An unknown `kid` causes a fetch at once, but
/// at most every 30 seconds. While the endpoint is unavailable, the cached keys stay in use for another hour.
/// [`VerifierOptions`](crate::VerifierOptions) sets other sources of keys and other issuers.
///
/// The verifier caches the verified signatures of the last 1000 tokens for as long as the keys are the same,
/// so verifying a token again costs one hash. The times are checked on every call.
///
/// A key verifies its own algorithm only; a token cannot bring its own key; every registered claim is
/// checked, and a malformed one is an error (RFC 8725).
#[derive(Clone)]
pub struct TokenVerifier(Arc<Inner>);

struct Inner {
    /// The issuer of the tokens. Verified tokens share this allocation, which identifies their verifier.
    issuer: Arc<str>,
    rules: VerifierRules,
    /// Shared secrets: first those of the configuration, then those that the project signs or signed with.
    secrets: ArcSwap<Vec<VerifyingKey>>,
    keys: KeySource,
    cache: VerifiedCache,
    clock: Arc<dyn Clock>,
}

enum KeySource {
    Fixed(Arc<KeySet>),
    Listed(JwksCache),
}

/// The number of shared secrets of the project, present and previous, that verify tokens.
const MAX_ROTATED_SECRETS: usize = 8;

/// The token of an `Authorization` header with the scheme `Bearer`, in any case (RFC 6750, section 2.1).
pub(crate) fn bearer(header: &str) -> Result<&str, CallerError> {
    let (scheme, token) = header.split_once(' ').ok_or(CallerError::Missing)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(CallerError::Missing);
    }
    Ok(token)
}

impl TokenVerifier {
    /// Creates a verifier. It fetches the project's keys over this transport, unless the configuration has
    /// keys or another address of keys.
    pub(crate) fn new(
        config: VerifierConfig,
        transport: &Arc<Transport>,
    ) -> Result<Self, ConfigurationError> {
        let issuer = config.issuer().into();
        let clock = Arc::clone(&config.settings.clock);
        let VerifierConfig {
            rules,
            secrets,
            settings,
            ..
        } = config;
        let keys = if let Some(keys) = &rules.keys {
            KeySource::Fixed(Arc::new(keys.clone()))
        } else {
            let endpoint = match &rules.jwks_url {
                Some(url) => JwksEndpoint::third_party(url, &settings)?,
                None => JwksEndpoint::new(Arc::clone(transport)),
            };
            KeySource::Listed(JwksCache::new(endpoint, Arc::clone(&clock)))
        };
        Ok(Self(Arc::new(Inner {
            issuer,
            secrets: ArcSwap::from_pointee(secrets),
            rules,
            keys,
            cache: VerifiedCache::new(),
            clock,
        })))
    }

    /// Verifies the bearer token of an `Authorization` header (RFC 6750, section 2.1) and reads its claims as
    /// `C`. The scheme `Bearer` may be in any case.
    ///
    /// # Errors
    /// [`CallerError::Missing`] for a header without a bearer token, and the errors of
    /// [`verify`](Self::verify).
    pub async fn authenticate<C>(&self, header: &str) -> Result<VerifiedToken<C>, CallerError>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        self.verify(bearer(header)?).await
    }

    /// Verifies a token and reads its claims as `C`.
    ///
    /// # Errors
    /// A [`CallerError`] that names the check that failed. [`CallerError::ClaimsMismatch`] means that the
    /// token is valid but its claims cannot be read as `C`; [`CallerError::KeysUnavailable`] means that the
    /// project's keys could not be fetched.
    pub async fn verify<C>(&self, token: &str) -> Result<VerifiedToken<C>, CallerError>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        let mut signature_check = SignatureCheck::Performed;
        let outcome = self.check(token, &mut signature_check).await;
        let outcome = outcome.and_then(|verified| verified.with_claims());
        metrics::verified(outcome.as_ref().err(), signature_check);
        outcome
    }

    async fn check(
        &self,
        token: &str,
        signature_check: &mut SignatureCheck,
    ) -> Result<VerifiedToken, CallerError> {
        let inner = &*self.0;
        let (bytes, limit) = (token.len(), inner.rules.max_bytes);
        if bytes > limit {
            return Err(CallerError::TooLarge { bytes, limit });
        }
        if let Some(entry) = inner.cache.get(token)
            && inner.still_trusts(&entry.verified_with).await?
        {
            inner.check_times(entry.token.registered())?;
            *signature_check = SignatureCheck::Cached;
            return Ok(entry.token.clone());
        }
        let jws = CompactJws::parse(token, inner.rules.third_party)?;
        if !inner.rules.algorithms.contains(&jws.algorithm) {
            return Err(CallerError::Algorithm);
        }
        let verified_with = inner.check_signature(&jws).await?;
        let claims = jws.claims()?;
        let registered = RegisteredClaims::read(&claims, &inner.rules, &inner.issuer)?;
        inner.check_times(&registered)?;
        let verified = Verified::new(Arc::clone(&inner.issuer), token, claims, registered);
        let verified = VerifiedToken::new(verified);
        inner.cache.insert(token, verified.clone(), verified_with);
        Ok(verified)
    }

    /// Whether this verifier, or a clone of it, verified the token.
    pub(crate) fn has_verified<C>(&self, token: &VerifiedToken<C>) -> bool {
        token.is_of_project(&self.0.issuer)
    }

    /// Takes over the key of a rotation. The previous secrets still verify tokens, unless `at_once` is set.
    pub(crate) fn rotate(&self, key: &Key, at_once: bool) {
        let Inner { secrets, rules, .. } = &*self.0;
        let new_secret = key.shared_secret_key();
        secrets.rcu(|present| {
            let own = present.get(rules.secrets.len()..).unwrap_or_default();
            let own = if at_once { &[] } else { own };
            let is_other = |key: &&VerifyingKey| {
                new_secret
                    .as_ref()
                    .is_none_or(|new| !key.is_same_secret(new))
            };
            let mut own: Vec<_> = own.iter().filter(is_other).chain(&new_secret).collect();
            // The number is limited, since every secret is tried for a token.
            let oldest = own.len().saturating_sub(MAX_ROTATED_SECRETS);
            rules
                .secrets
                .iter()
                .chain(own.drain(oldest..))
                .cloned()
                .collect::<Vec<_>>()
        });
    }
}

impl Inner {
    /// Verifies the signature and returns the keys that it was verified with.
    async fn check_signature(&self, jws: &CompactJws<'_>) -> Result<VerifiedWith, CallerError> {
        if jws.algorithm == Algorithm::Hs256 {
            let secrets = self.secrets.load_full();
            // The `kid` is ignored, as Auth, Storage and Realtime ignore it for the legacy secret.
            let verifies = |key: &VerifyingKey| key.verifies(jws.input, &jws.signature);
            return if secrets.is_empty() {
                Err(CallerError::Algorithm)
            } else if secrets.iter().any(verifies) {
                Ok(VerifiedWith::Secrets(secrets))
            } else {
                Err(CallerError::Signature)
            };
        }
        let key_id = jws.key_id.clone();
        let keys = self.keys(key_id.as_deref()).await?;
        jws.verify_signature(&keys)?;
        Ok(VerifiedWith::Keys { keys, key_id })
    }

    async fn keys(&self, key_id: Option<&str>) -> Result<Arc<KeySet>, CallerError> {
        match &self.keys {
            KeySource::Fixed(keys) => Ok(Arc::clone(keys)),
            KeySource::Listed(jwks) => jwks.keys(key_id).await,
        }
    }

    /// Whether the present keys are the ones that a cached signature was verified with.
    async fn still_trusts(&self, verified_with: &VerifiedWith) -> Result<bool, CallerError> {
        Ok(match verified_with {
            VerifiedWith::Secrets(secrets) => Arc::ptr_eq(secrets, &self.secrets.load()),
            VerifiedWith::Keys { keys, key_id } => {
                Arc::ptr_eq(keys, &self.keys(key_id.as_deref()).await?)
            }
        })
    }

    fn check_times(&self, registered: &RegisteredClaims) -> Result<(), CallerError> {
        registered.check_times(self.clock.now(), self.rules.leeway)
    }
}

impl ConfigBuilder {
    /// Builds a verifier for a service that verifies tokens and acts as no user. Only the URL is required,
    /// from this builder or the environment; a JWT secret is used if one is configured. No signing key is
    /// needed.
    ///
    /// # Errors
    /// [`ConfigurationError`] with all problems at once, each with its field, reason and remedy.
    pub fn verifier(self) -> Result<TokenVerifier, ConfigurationError> {
        let config = self.build_verifier()?;
        let transport = Transport::to(&config.url, config.api_key.as_ref(), &config.settings)?;
        TokenVerifier::new(config, &Arc::new(transport))
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier")
            .field("issuer", &self.0.issuer)
            .field("rules", &self.0.rules)
            .finish_non_exhaustive()
    }
}
