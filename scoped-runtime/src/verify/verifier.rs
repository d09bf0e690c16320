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
use crate::config::{ConfigBuilder, Rules, VerifierConfig};
use crate::error::{CallerError, ConfigurationError};
use crate::key::{Algorithm, Key, KeySet, VerifyingKey};
use crate::metrics::{self, SignatureCheck};
use crate::transport::{JwksEndpoint, Transport};

/// Checks the access tokens that callers bring: that the project's Auth has signed them, for us, for a
/// user who has signed in, and that they are alive. Cheap to clone; clones share the keys.
///
/// [`ScopedClients::verifier`](crate::ScopedClients::verifier) has the project's. A service that only
/// verifies makes one alone, without a signing key:
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
/// The keys are those that the project lists (`/auth/v1/.well-known/jwks.json`). They are fetched when
/// they are first needed and kept as long as the answer says (`max-age`; 10 minutes if it does not, 30
/// seconds to an hour), then fetched again. A `kid` that they lack is looked for at once, but not more
/// than every 30 seconds. While the endpoint is down the old keys serve for another hour. How else
/// tokens may be signed, and where keys come from, is what [`VerifierOptions`](crate::VerifierOptions) says.
///
/// A signature that was verified is remembered (of the last 1000 tokens, and only while the keys are the
/// same), so that the second request with a token costs a hash; times are checked every time.
///
/// A key verifies its own algorithm only, whatever a token says of itself; no token brings its own key;
/// every registered claim is checked, and a malformed one is never skipped.
#[derive(Clone)]
pub struct TokenVerifier(Arc<Inner>);

struct Inner {
    /// What callers of the project have in common.
    issuer: Arc<str>,
    rules: Rules,
    /// Shared secrets: those of the rules, and the project's own while it signs with one.
    secrets: ArcSwap<Vec<VerifyingKey>>,
    keys: KeySource,
    cache: VerifiedCache,
    clock: Arc<dyn Clock>,
}

enum KeySource {
    Fixed(Arc<KeySet>),
    Listed(JwksCache),
}

/// How many secrets that the project signs with, or has signed with, verify.
const MAX_ROTATED_SECRETS: usize = 8;

/// The token of an `Authorization` header (RFC 6750, section 2.1), whose scheme is in any case.
pub(crate) fn bearer(header: &str) -> Result<&str, CallerError> {
    let (scheme, token) = header.split_once(' ').ok_or(CallerError::Missing)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(CallerError::Missing);
    }
    Ok(token)
}

impl TokenVerifier {
    /// With the keys that the project lists over this transport, unless the configuration says where else.
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
            let endpoint = match &rules.keys_at {
                Some(url) => JwksEndpoint::of_others(url, &settings)?,
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

    /// Who sends this `Authorization` header (RFC 6750, section 2.1): `Bearer` in any case, and a token.
    ///
    /// # Errors
    /// [`CallerError::Missing`] for a header without a bearer token, else as [`verify`](Self::verify).
    pub async fn authenticate<C>(&self, header: &str) -> Result<VerifiedToken<C>, CallerError>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        self.verify(bearer(header)?).await
    }

    /// Checks a token, and reads its claims as `C`.
    ///
    /// # Errors
    /// Whatever is wrong with it; [`CallerError::ClaimsMismatch`] when only `C` does not fit, and
    /// [`CallerError::KeysUnavailable`] when the project's keys are not to be had.
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
        let jws = CompactJws::parse(token, inner.rules.relaxed)?;
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

    /// Whether a token was verified here.
    pub(crate) fn has_verified<C>(&self, token: &VerifiedToken<C>) -> bool {
        token.is_of_project(&self.0.issuer)
    }

    /// The project signs with this key from now on. A secret of before goes on to verify, unless it is
    /// not to be trusted any more.
    pub(crate) fn rotate(&self, key: &Key, at_once: bool) {
        let Inner { secrets, rules, .. } = &*self.0;
        let new = key.shared_secret_key();
        secrets.rcu(|present| {
            let own = present.get(rules.secrets.len()..).unwrap_or_default();
            let own = if at_once { &[] } else { own };
            let is_new = |key: &&VerifyingKey| new.as_ref().is_none_or(|new| !key.is_same(new));
            let mut own: Vec<_> = own.iter().filter(is_new).chain(&new).collect();
            // Each is tried for every token.
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
    /// What the signature was verified with.
    async fn check_signature(&self, jws: &CompactJws<'_>) -> Result<VerifiedWith, CallerError> {
        if jws.algorithm == Algorithm::Hs256 {
            let secrets = self.secrets.load_full();
            // Auth, Storage and Realtime take any `kid` for the legacy secret, too.
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
        jws.check(&keys)?;
        Ok(VerifiedWith::Keys { keys, key_id })
    }

    async fn keys(&self, key_id: Option<&str>) -> Result<Arc<KeySet>, CallerError> {
        match &self.keys {
            KeySource::Fixed(keys) => Ok(Arc::clone(keys)),
            KeySource::Listed(jwks) => jwks.keys(key_id).await,
        }
    }

    /// Whether the keys are still those that a signature was verified with.
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
    /// A verifier for a service that acts as nobody: the URL is enough, from here or the environment.
    /// The JWT secret is taken too if it is there; a signing key is not needed.
    ///
    /// # Errors
    /// Every problem at once, each with its field, reason and remedy.
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
