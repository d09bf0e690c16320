use std::sync::Arc;
use std::time::Duration;

use super::block_on::block_on_timeout;
use super::cached::Cached;
use super::issue::Issue;
use super::minter::{AuditThread, Minter, SessionState};
use super::{Acquire, Renewal, RenewalLimits, Sequenced};
use crate::audit::is_recording;
use crate::clock::with_timeout;
use crate::error::TokenError;
use crate::key::KeyGeneration;

/// Mints for one session tokens, or claims without a signature; caches the current one and renews it. Any
/// number of clients and queries share it.
pub(super) struct MintingSource<T> {
    minter: Arc<Minter<T>>,
    renewal: Renewal<Cached<T>, TokenError>,
}

/// The minimum delay between two attempts to renew while the cached token has not expired, and the longest
/// time that a caller with such a token waits for the attempt.
const MIN_RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// How many renewals one caller waits for when each one is outdated before it completes.
const MAX_ATTEMPTS: usize = 3;

impl<T: Issue> MintingSource<T> {
    pub(super) fn new(session: Arc<SessionState>) -> Self {
        Self {
            minter: Arc::new(Minter::new(session)),
            renewal: Renewal::new(),
        }
    }

    /// What all mints of the session share.
    pub(super) fn session(&self) -> &Arc<SessionState> {
        &self.minter
    }

    /// The cached token if it is fresh and not the refused one, else a new token.
    pub(super) async fn obtain(&self, refused: Option<&T>) -> Result<T, TokenError> {
        let is_accepted =
            |cached: &Cached<T>| refused.is_none_or(|refused| !cached.issued.is_same(refused));
        let is_fresh = |cached: &Cached<T>| is_accepted(cached) && self.is_fresh(cached);
        let fresh_token = |cached: &Cached<T>| is_fresh(cached).then(|| cached.issued.clone());
        if let Some(token) = self.renewal.with_current(fresh_token) {
            return Ok(token);
        }
        // A second attempt is needed only if a rotation outdates the first one, or if signing took longer
        // than the token lives.
        for _ in 0..MAX_ATTEMPTS {
            let context = &self.minter.context;
            let generation = context.keys.current();
            let usable = || {
                self.renewal
                    .current()
                    .filter(|cached| is_accepted(cached) && self.is_usable(cached))
            };
            let outcome = if T::is_local(&generation.key) && !context.audit.is_enabled() {
                Ok(self.renew_now(is_fresh)?)
            } else {
                let has_usable_token = usable().is_some();
                self.renew_async(is_fresh, &generation, has_usable_token)
                    .await
            };
            match outcome {
                // With a short lifetime and a slow signer, a new token may need renewal already.
                Ok(cached) if self.is_fresh(&cached) || self.is_usable(&cached) => {
                    return Ok(cached.issued.clone());
                }
                Ok(_) => {}
                Err(_) if context.keys.current().number != generation.number => {}
                Err(error) => return usable().map(|cached| cached.issued.clone()).ok_or(error),
            }
        }
        Err(TokenError::SignedTooLate)
    }

    /// Mints a token with a local key. The key is read under the lock of the renewal: a caller that waited for
    /// the lock mints with the key that is current then.
    fn renew_now(
        &self,
        is_fresh: impl Fn(&Cached<T>) -> bool,
    ) -> Result<Arc<Sequenced<Cached<T>>>, TokenError> {
        self.renewal.renew_now(is_fresh, || {
            self.check_renewable()?;
            let generation = self.minter.context.keys.borrow();
            self.minter.mint_local(&generation)
        })
    }

    /// Joins the mint in flight or begins one, where a remote signer or an audit sink takes part.
    fn join(
        &self,
        is_fresh: impl Fn(&Cached<T>) -> bool,
        generation: &Arc<KeyGeneration>,
        audit_thread: AuditThread,
    ) -> Result<Acquire<Cached<T>, TokenError>, TokenError> {
        self.check_renewable()?;
        let context = &self.minter.context;
        if context.audit.is_enabled() && is_recording() {
            // The sink would wait for itself, or record its own mints without end.
            return Err(TokenError::Audit {
                source: Box::<dyn std::error::Error + Send + Sync>::from(SINK_USES_CLIENT).into(),
            });
        }
        let limits = RenewalLimits {
            timeout: context.signer_timeout,
            min_retry_interval: MIN_RETRY_INTERVAL,
        };
        let now = context.clock.monotonic();
        let begin = || self.minter.mint_async(Arc::clone(generation), audit_thread);
        Ok(self.renewal.join(is_fresh, now, limits, begin))
    }

    /// Waits for a mint. A caller that has a usable token waits only while the mint is younger than
    /// [`MIN_RETRY_INTERVAL`].
    async fn renew_async(
        &self,
        is_fresh: impl Fn(&Cached<T>) -> bool,
        generation: &Arc<KeyGeneration>,
        has_usable_token: bool,
    ) -> Result<Arc<Sequenced<Cached<T>>>, TokenError> {
        let context = &self.minter.context;
        let after = context.signer_timeout;
        match self.join(is_fresh, generation, AuditThread::BlockingPool)? {
            Acquire::Ready(cached) => Ok(cached),
            Acquire::Failed(error) => Err(error),
            // Each caller has its own timer: a timer inside the shared future would end with the runtime in
            // which the mint began.
            Acquire::Wait(outcome, left) => {
                let wait = if has_usable_token {
                    MIN_RETRY_INTERVAL
                        .saturating_sub(after.saturating_sub(left))
                        .min(left)
                } else {
                    left
                };
                with_timeout(&*context.clock, wait, outcome)
                    .await
                    .ok_or(TokenError::SignerTimeout { after })?
            }
        }
    }

    /// Waits for a mint on this thread, which also runs the audit sink.
    fn renew_blocking(
        &self,
        is_fresh: impl Fn(&Cached<T>) -> bool,
        generation: &Arc<KeyGeneration>,
    ) -> Result<Arc<Sequenced<Cached<T>>>, TokenError> {
        let after = self.minter.context.signer_timeout;
        match self.join(is_fresh, generation, AuditThread::Caller)? {
            Acquire::Ready(cached) => Ok(cached),
            Acquire::Failed(error) => Err(error),
            Acquire::Wait(outcome, left) => {
                block_on_timeout(outcome, left).ok_or(TokenError::SignerTimeout { after })?
            }
        }
    }

    /// Whether a token needs no renewal.
    fn is_fresh(&self, cached: &Cached<T>) -> bool {
        let context = &self.minter.context;
        let clock = &*context.clock;
        if self.minter.spec.lifetime.auto_refresh {
            !cached.needs_renewal(clock) && !context.keys.is_outdated(cached.key_generation)
        } else {
            !cached.is_expired(clock)
        }
    }

    /// Whether a token can still be sent while its renewal is slow or fails.
    fn is_usable(&self, cached: &Cached<T>) -> bool {
        let context = &self.minter.context;
        !cached.is_expired(&*context.clock) && !context.keys.is_outdated(cached.key_generation)
    }

    /// Checks that a new token may be minted: without `auto_refresh`, only the first one.
    fn check_renewable(&self) -> Result<(), TokenError> {
        if self.minter.spec.lifetime.auto_refresh || self.renewal.current().is_none() {
            Ok(())
        } else {
            Err(TokenError::Expired)
        }
    }

    /// The cached value, if it needs no renewal.
    pub(super) fn current(&self) -> Option<T> {
        self.renewal
            .with_current(|cached| self.is_fresh(cached).then(|| cached.issued.clone()))
    }

    /// A value that has not expired, without waiting for a remote signer or an async audit sink.
    ///
    /// With a remote signer or an async audit sink this returns the cached value until it expires, and fails
    /// with [`TokenError::AwaitSigner`] before the first [`obtain`](Self::obtain).
    pub(super) fn obtain_now(&self) -> Result<T, TokenError> {
        if let Some(issued) = self.current() {
            return Ok(issued);
        }
        let context = &self.minter.context;
        let is_fresh = |cached: &Cached<T>| self.is_fresh(cached);
        if !context.audit.is_enabled() && T::is_local(&context.keys.borrow().key) {
            return Ok(self.renew_now(is_fresh)?.issued.clone());
        }
        let generation = context.keys.current();
        let usable = || {
            self.renewal
                .with_current(|cached| self.is_usable(cached).then(|| cached.issued.clone()))
        };
        if T::is_local(&generation.key) && !context.audit.is_async() {
            return match self.renew_blocking(is_fresh, &generation) {
                Ok(cached) => Ok(cached.issued.clone()),
                Err(error) => usable().ok_or(error),
            };
        }
        self.check_renewable()?;
        usable().ok_or(TokenError::AwaitSigner)
    }

    /// Whether the value has not expired by our clock.
    pub(super) fn is_live(&self, issued: &T) -> bool {
        let clock = &*self.minter.context.clock;
        let is_expired = |cached: &Cached<T>| {
            (cached.issued.is_same(issued) && cached.is_expired(clock)).then_some(())
        };
        clock.now() < issued.expires_at() && self.renewal.with_current(is_expired).is_none()
    }

    /// The time until the cached value needs renewal; `None` if there is none or it needs renewal now.
    pub(super) fn time_to_renewal(&self) -> Option<Duration> {
        let context = &self.minter.context;
        self.renewal.with_current(|cached| {
            if self.minter.spec.lifetime.auto_refresh {
                (!context.keys.is_outdated(cached.key_generation))
                    .then(|| cached.time_to_renewal(&*context.clock))
                    .flatten()
            } else {
                cached.remaining_lifetime(&*context.clock)
            }
        })
    }
}

const SINK_USES_CLIENT: &str =
    "the audit sink uses a client whose token has to be recorded by the same sink";
