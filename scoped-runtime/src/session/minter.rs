use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::cached::Cached;
use super::issue::{Draft, Issue};
use super::{Identity, Lifetime};
use crate::audit::{Audit, MintRecord};
use crate::clock::{Clock, ClockReading};
use crate::error::{ConfigurationError, TokenError};
use crate::key::{KeyGeneration, Keys};
use crate::metrics;
use crate::mint_policy::MintPolicy;
use crate::token::{JwtIdPool, PayloadTemplate};

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

/// What all mints of one session share: of its tokens, and of its claims without a signature.
#[derive(Debug)]
pub(super) struct SessionState {
    pub(super) context: Arc<MintContext>,
    pub(super) spec: SessionSpec,
    /// The end of the first mint. A session without renewal ends then, whatever it mints later.
    first_end: OnceLock<SystemTime>,
}

impl SessionState {
    pub(super) fn new(context: Arc<MintContext>, spec: SessionSpec) -> Self {
        Self {
            context,
            spec,
            first_end: OnceLock::new(),
        }
    }

    /// How long a mint of this moment lives.
    fn expires_in(&self, now: SystemTime) -> Result<Duration, TokenError> {
        let lifetime = self.spec.lifetime;
        let end = self.first_end.get().filter(|_| !lifetime.auto_refresh);
        let Some(end) = end else {
            return Ok(lifetime.expires_in);
        };
        let left = end.duration_since(now).unwrap_or_default();
        let left = left.min(lifetime.expires_in).as_secs();
        match left {
            0 => Err(TokenError::Expired),
            left => Ok(Duration::from_secs(left)),
        }
    }
}

/// Mints the tokens of one session, or its claims without a signature.
#[derive(Debug)]
pub(super) struct Minter<T> {
    session: Arc<SessionState>,
    /// Whether there was a mint, so that the next one is a renewal.
    has_minted: AtomicBool,
    issued: PhantomData<fn() -> T>,
}

impl<T: Issue> Minter<T> {
    pub(super) fn new(session: Arc<SessionState>) -> Self {
        Self {
            session,
            has_minted: AtomicBool::new(false),
            issued: PhantomData,
        }
    }

    /// Counts a mint or its failure in the metrics.
    fn counted(&self, outcome: Result<Cached<T>, TokenError>) -> Result<Cached<T>, TokenError> {
        match &outcome {
            Ok(_) => metrics::minted(self.has_minted.swap(true, Ordering::Relaxed)),
            Err(error) => metrics::mint_failed(error),
        }
        outcome
    }

    /// Mints on this machine alone, without an audit record.
    pub(super) fn mint_local(&self, generation: &KeyGeneration) -> Result<Cached<T>, TokenError> {
        self.counted(self.issue_local(generation))
    }

    fn issue_local(&self, generation: &KeyGeneration) -> Result<Cached<T>, TokenError> {
        let minted_at = ClockReading::now(&*self.context.clock);
        let issued = T::issue_local(&self.draft(minted_at)?, &generation.key)?;
        Ok(self.cached(issued, generation, minted_at))
    }

    fn cached(&self, issued: T, generation: &KeyGeneration, minted_at: ClockReading) -> Cached<T> {
        self.first_end.get_or_init(|| issued.expires_at());
        let generation = T::outdated_with(generation);
        Cached::new(issued, generation, minted_at, self.spec.lifetime)
    }

    /// Mints where the user's code takes part: a remote signer, an audit sink. The future owns all that it
    /// needs, so that it outlives the caller that began it.
    pub(super) fn mint_async(
        self: &Arc<Self>,
        generation: Arc<KeyGeneration>,
        audit_thread: AuditThread,
    ) -> impl Future<Output = Result<Cached<T>, TokenError>> + Send + 'static {
        let (minter, counter) = (Arc::clone(self), Arc::clone(self));
        let mint = async move {
            let minted_at = ClockReading::now(&*minter.context.clock);
            let draft = minter.draft(minted_at)?;
            let issued = T::issue(&draft, &generation.key).await?;
            minter
                .record(&issued, draft.jwt_id, &generation, audit_thread)
                .await?;
            Ok(minter.cached(issued, &generation, minted_at))
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

    /// What is minted next: asks the policy, and draws a JWT ID.
    fn draft(&self, minted_at: ClockReading) -> Result<Draft<'_>, TokenError> {
        self.check_policy()?;
        Ok(Draft {
            context: &self.context,
            spec: &self.spec,
            jwt_id: self.context.jwt_ids.next()?,
            now: minted_at.wall,
            expires_in: self.expires_in(minted_at.wall)?,
        })
    }

    /// Records the mint in the audit. The token is not published before that.
    async fn record(
        self: &Arc<Self>,
        issued: &T,
        jwt_id: uuid::Uuid,
        generation: &Arc<KeyGeneration>,
        audit_thread: AuditThread,
    ) -> Result<(), TokenError> {
        let audit = &self.context.audit;
        let outcome = match audit_thread {
            _ if !audit.is_enabled() => return Ok(()),
            // A synchronous sink may block, so it runs on the runtime's pool for blocking work.
            AuditThread::BlockingPool if !audit.is_async() && Handle::try_current().is_ok() => {
                let (minter, issued, generation) =
                    (Arc::clone(self), issued.clone(), Arc::clone(generation));
                let work = move || {
                    let record = minter.mint_record(&issued, jwt_id, &generation);
                    minter.context.audit.record(&record)
                };
                match tokio::task::spawn_blocking(work).await {
                    Ok(outcome) => outcome,
                    Err(_) => audit.apply_failure_policy(Err("the runtime has shut down".into())),
                }
            }
            _ => {
                let record = self.mint_record(issued, jwt_id, generation);
                audit.record_async(&record).await
            }
        };
        outcome.map_err(|source| TokenError::Audit {
            source: source.into(),
        })
    }

    fn mint_record<'a>(
        &'a self,
        issued: &T,
        jwt_id: uuid::Uuid,
        generation: &'a KeyGeneration,
    ) -> MintRecord<'a> {
        let SessionSpec {
            identity, reason, ..
        } = &self.spec;
        MintRecord {
            purpose: T::PURPOSE,
            jwt_id: jwt_id.to_string(),
            subject: identity.user_id(),
            role: identity.role(),
            aal: identity.aal(),
            actor: identity.actor(),
            reason: reason.as_deref(),
            key_id: T::key_id(&generation.key),
            issued_at: issued.issued_at(),
            expires_at: issued.expires_at(),
        }
    }
}

impl<T> Deref for Minter<T> {
    type Target = Arc<SessionState>;

    fn deref(&self) -> &Arc<SessionState> {
        &self.session
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

pub(super) fn signer_failed(source: Box<dyn std::error::Error + Send + Sync>) -> TokenError {
    TokenError::Signer {
        source: source.into(),
    }
}
