use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::cached_token::{CachedToken, ClockReading};
use super::{Identity, Lifetime};
use crate::audit::{Audit, MintRecord};
use crate::clock::Clock;
use crate::error::{ConfigurationError, TokenError};
use crate::key::{Key, KeyGeneration, Keys, SigningKey};
use crate::metrics;
use crate::mint_policy::MintPolicy;
use crate::token::{AccessToken, JwtIdPool, PayloadTemplate, UnsignedToken};

/// What the mints of all sessions of a project have in common.
#[derive(Debug)]
pub(crate) struct MintContext {
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Audit,
    pub(crate) policy: MintPolicy,
    pub(crate) jwt_ids: JwtIdPool,
    /// How much earlier than the time of the mint `iat` is, for servers whose clock is behind.
    pub(crate) backdate: Duration,
    pub(crate) max_token_bytes: usize,
    pub(crate) signer_timeout: Duration,
}

/// What all tokens of a session have in common. Clients with equal specs may share one session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SessionSpec {
    /// All claims but the times and the JWT ID: user, role, issuer, actor and custom claims.
    pub(crate) template: Arc<PayloadTemplate>,
    pub(crate) lifetime: Lifetime,
    pub(crate) identity: Identity,
    /// For the audit only.
    pub(crate) reason: Option<Arc<str>>,
}

impl SessionSpec {
    /// The approximate size in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let reason = self.reason.as_ref().map_or(0, |reason| reason.len());
        let actors = std::iter::successors(self.identity.actor(), |actor| actor.actor());
        let actors: usize = actors.map(|actor| actor.subject().len()).sum();
        self.template.bytes() + actors + reason + self.identity.user_id().as_str().len()
    }
}

/// Mints the tokens of one session.
#[derive(Debug)]
pub(super) struct Minter {
    pub(super) context: Arc<MintContext>,
    pub(super) spec: SessionSpec,
    /// Whether a token was minted, so that the next mint is a renewal.
    has_minted: AtomicBool,
}

impl Minter {
    pub(super) fn new(context: Arc<MintContext>, spec: SessionSpec) -> Self {
        Self {
            context,
            spec,
            has_minted: AtomicBool::new(false),
        }
    }

    /// Counts a mint or its failure in the metrics.
    fn counted(&self, outcome: Result<CachedToken, TokenError>) -> Result<CachedToken, TokenError> {
        match &outcome {
            Ok(_) => metrics::minted(self.has_minted.swap(true, Ordering::Relaxed)),
            Err(error) => metrics::mint_failed(error),
        }
        outcome
    }

    /// Mints with a local key, without an audit record.
    pub(super) fn mint_local(
        &self,
        key: &SigningKey,
        generation: &KeyGeneration,
    ) -> Result<CachedToken, TokenError> {
        self.counted(self.sign_local(key, generation))
    }

    fn sign_local(
        &self,
        key: &SigningKey,
        generation: &KeyGeneration,
    ) -> Result<CachedToken, TokenError> {
        let minted_at = ClockReading::now(&*self.context.clock);
        let unsigned = self.unsigned(generation, minted_at)?;
        let signature = key.sign(unsigned.signing_input()).ok_or(TokenError::Sign)?;
        let token = unsigned.signed(signature.as_ref(), self.context.max_token_bytes)?;
        Ok(CachedToken::new(
            token,
            generation.number,
            minted_at,
            self.spec.lifetime,
        ))
    }

    /// Mints where the user's code takes part: a remote signer, an audit sink. The future owns all that it
    /// needs, so that it outlives the caller that began it.
    pub(super) fn mint_async(
        self: &Arc<Self>,
        generation: Arc<KeyGeneration>,
        audit_thread: AuditThread,
    ) -> impl Future<Output = Result<CachedToken, TokenError>> + Send + 'static {
        let (minter, counter) = (Arc::clone(self), Arc::clone(self));
        let mint = async move {
            let minted_at = ClockReading::now(&*minter.context.clock);
            let unsigned = minter.unsigned(&generation, minted_at)?;
            let jwt_id = unsigned.jwt_id;
            let token = minter.signed(unsigned, &generation).await?;
            minter
                .record(&token, jwt_id, &generation, audit_thread)
                .await?;
            Ok(CachedToken::new(
                token,
                generation.number,
                minted_at,
                minter.spec.lifetime,
            ))
        };
        // A panic inside the shared future would reach every later caller that polls it.
        AssertUnwindSafe(mint).catch_unwind().map(move |outcome| {
            let outcome = outcome.unwrap_or_else(|_| Err(signer_failed(PANICKED.into())));
            counter.counted(outcome)
        })
    }

    /// Checks the mint policy. It is asked for every mint, because its answer for a user may change.
    fn check_policy(&self) -> Result<(), TokenError> {
        let SessionSpec {
            identity, lifetime, ..
        } = &self.spec;
        let (user_id, role, actor) = (identity.user_id(), identity.role(), identity.actor());
        let expires_in = lifetime.expires_in;
        let policy = &self.context.policy;
        let problems = policy.check(user_id, role, expires_in, identity.aal(), actor);
        if problems.is_empty() {
            return Ok(());
        }
        let source = Arc::new(ConfigurationError::new(problems));
        Err(TokenError::RefusedByPolicy { source })
    }

    async fn signed(
        &self,
        unsigned: UnsignedToken,
        generation: &KeyGeneration,
    ) -> Result<AccessToken, TokenError> {
        let max_bytes = self.context.max_token_bytes;
        match &generation.key {
            Key::Local(key) => {
                let signature = key.sign(unsigned.signing_input()).ok_or(TokenError::Sign)?;
                unsigned.signed(signature.as_ref(), max_bytes)
            }
            Key::Remote(remote) => {
                let signature = remote
                    .sign(unsigned.signing_input())
                    .await
                    .map_err(signer_failed)?;
                let (bytes, algorithm) = (signature.len(), generation.key.algorithm());
                if !algorithm.allows_length(bytes) {
                    let name = algorithm.name();
                    let reason = format!("a JWS signature with {name} does not have {bytes} bytes");
                    return Err(signer_failed(reason.into()));
                }
                unsigned.signed(&signature, max_bytes)
            }
        }
    }

    fn unsigned(
        &self,
        generation: &KeyGeneration,
        minted_at: ClockReading,
    ) -> Result<UnsignedToken, TokenError> {
        self.check_policy()?;
        let jwt_id = self.context.jwt_ids.next()?;
        let expires_in = self.spec.lifetime.expires_in;
        let backdate = self.context.backdate;
        let template = &self.spec.template;
        template.unsigned(
            &generation.key,
            jwt_id,
            minted_at.wall,
            expires_in,
            backdate,
        )
    }

    /// Records the mint in the audit. The token is not published before that.
    async fn record(
        self: &Arc<Self>,
        token: &AccessToken,
        jwt_id: uuid::Uuid,
        generation: &Arc<KeyGeneration>,
        audit_thread: AuditThread,
    ) -> Result<(), TokenError> {
        let audit = &self.context.audit;
        let outcome = match audit_thread {
            _ if !audit.is_enabled() => return Ok(()),
            // A synchronous sink may block, so it runs on the runtime's pool for blocking work.
            AuditThread::BlockingPool if !audit.is_async() && Handle::try_current().is_ok() => {
                let (minter, token, generation) =
                    (Arc::clone(self), token.clone(), Arc::clone(generation));
                let work = move || {
                    minter.context.audit.record(&minter.mint_record(
                        &token,
                        jwt_id,
                        &generation.key,
                    ))
                };
                match tokio::task::spawn_blocking(work).await {
                    Ok(outcome) => outcome,
                    Err(_) => audit.apply_failure_policy(Err("the runtime has shut down".into())),
                }
            }
            _ => {
                audit
                    .record_async(&self.mint_record(token, jwt_id, &generation.key))
                    .await
            }
        };
        outcome.map_err(|source| TokenError::Audit {
            source: source.into(),
        })
    }

    fn mint_record<'a>(
        &'a self,
        token: &AccessToken,
        jwt_id: uuid::Uuid,
        key: &'a Key,
    ) -> MintRecord<'a> {
        let SessionSpec {
            identity, reason, ..
        } = &self.spec;
        MintRecord {
            jwt_id: jwt_id.to_string(),
            subject: identity.user_id(),
            role: identity.role(),
            aal: identity.aal(),
            actor: identity.actor(),
            reason: reason.as_deref(),
            key_id: key.key_id(),
            issued_at: token.issued_at(),
            expires_at: token.expires_at(),
        }
    }
}

/// The thread on which a synchronous audit sink runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum AuditThread {
    /// The thread of the caller that asks for the token.
    Caller,
    /// A thread of tokio's pool for blocking work (`spawn_blocking`).
    BlockingPool,
}

const PANICKED: &str = "the signer or the audit sink panicked";

fn signer_failed(source: Box<dyn std::error::Error + Send + Sync>) -> TokenError {
    TokenError::Signer {
        source: source.into(),
    }
}
