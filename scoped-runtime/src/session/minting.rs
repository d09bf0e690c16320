use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::held::Held;
use super::minter::{Minter, Recording};
use super::wait::wait_for;
use super::{Content, Identity, Mint, Need, Numbered, Patience, Renewal, TokenSource};
use crate::audit::is_recording;
use crate::clock::within;
use crate::error::TokenError;
use crate::key::{Key, KeyGeneration};
use crate::token::AccessToken;

/// A token and its renewal, for however many clients and queries.
pub(crate) struct Minting {
    minter: Arc<Minter>,
    renewal: Renewal<Held, TokenError>,
}

/// How soon a signer that failed is asked again while the present token serves, and how long one that
/// is slow is waited for then.
const RETRY: Duration = Duration::from_secs(1);
const ATTEMPTS: usize = 3;

impl Minting {
    pub(crate) fn new(mint: Arc<Mint>, content: Content) -> Self {
        Self {
            minter: Arc::new(Minter::new(mint, content)),
            renewal: Renewal::new(),
        }
    }

    /// What all its tokens have in common.
    pub(crate) fn content(&self) -> &Content {
        &self.minter.content
    }

    /// The present token if it serves and is not the refused one, else a new one.
    async fn obtain(&self, refused: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        let usable = |held: &Held| refused.is_none_or(|refused| !held.token.is(refused));
        let serves = |held: &Held| usable(held) && self.serves(held);
        let present = |held: &Held| serves(held).then(|| held.token.clone());
        if let Some(token) = self.renewal.look(present) {
            return Ok(token);
        }
        // More than once only if what was begun is overtaken by a rotation, or by its own length.
        for _ in 0..ATTEMPTS {
            let mint = &self.minter.mint;
            let turn = mint.keys.current();
            let present = || {
                self.renewal
                    .read()
                    .filter(|held| usable(held) && self.lives(held))
            };
            let outcome = match &turn.key {
                Key::Local(_) if !mint.audit.is_on() => Ok(self.make(serves)?),
                Key::Local(_) | Key::Remote(_) => {
                    let hurry = present().is_some();
                    self.await_joined(serves, &turn, hurry).await
                }
            };
            match outcome {
                // A new one may be due already, if its life is short and its signer slow.
                Ok(held) if self.serves(&held) || self.lives(&held) => {
                    return Ok(held.token.clone());
                }
                Ok(_) => {}
                Err(_) if mint.keys.current().number != turn.number => {}
                Err(error) => return present().map(|held| held.token.clone()).ok_or(error),
            }
        }
        Err(TokenError::Overtaken)
    }

    /// Makes a token with the key that is here. The key is asked for under the lock: whoever waited for
    /// that mints with the one that is current then.
    fn make(&self, serves: impl Fn(&Held) -> bool) -> Result<Arc<Numbered<Held>>, TokenError> {
        self.renewal.make(serves, || {
            self.may_renew()?;
            let turn = self.minter.mint.keys.borrow();
            match &turn.key {
                Key::Local(key) => self.minter.local(key, &turn),
                Key::Remote(_) => Err(TokenError::AwaitSigner),
            }
        })
    }

    /// Joins the mint under way, or begins one: whatever is signed or recorded by code that is not ours.
    fn join(
        &self,
        serves: impl Fn(&Held) -> bool,
        turn: &Arc<KeyGeneration>,
        recording: Recording,
    ) -> Result<Need<Held, TokenError>, TokenError> {
        self.may_renew()?;
        let mint = &self.minter.mint;
        if mint.audit.is_on() && is_recording() {
            // It would wait for itself, or record without end.
            return Err(TokenError::Audit {
                source: Box::<dyn std::error::Error + Send + Sync>::from(USED_ITSELF).into(),
            });
        }
        let patience = Patience {
            flight: mint.signer_timeout,
            retry: RETRY,
        };
        let now = mint.clock.monotonic();
        let begin = || self.minter.elsewhere(Arc::clone(turn), recording);
        Ok(self.renewal.join(serves, now, patience, begin))
    }

    /// Waits for a mint. Whoever has a live token waits for the first moment only.
    async fn await_joined(
        &self,
        serves: impl Fn(&Held) -> bool,
        turn: &Arc<KeyGeneration>,
        hurry: bool,
    ) -> Result<Arc<Numbered<Held>>, TokenError> {
        let mint = &self.minter.mint;
        let after = mint.signer_timeout;
        match self.join(serves, turn, Recording::Aside)? {
            Need::Met(held) => Ok(held),
            Need::Failed(error) => Err(error),
            // Each caller has a timer: one inside of the mint would end with the runtime that it began on.
            Need::Awaits(outcome, left) => {
                let wait = if hurry {
                    RETRY.saturating_sub(after.saturating_sub(left)).min(left)
                } else {
                    left
                };
                within(&*mint.clock, wait, outcome)
                    .await
                    .ok_or(TokenError::SignerTimeout { after })?
            }
        }
    }

    /// The same on this thread, which does what is to be done: record it in the audit.
    fn wait_joined(
        &self,
        serves: impl Fn(&Held) -> bool,
        turn: &Arc<KeyGeneration>,
    ) -> Result<Arc<Numbered<Held>>, TokenError> {
        let after = self.minter.mint.signer_timeout;
        match self.join(serves, turn, Recording::Here)? {
            Need::Met(held) => Ok(held),
            Need::Failed(error) => Err(error),
            Need::Awaits(outcome, left) => {
                wait_for(outcome, left).ok_or(TokenError::SignerTimeout { after })?
            }
        }
    }

    /// Whether a token needs no renewal.
    fn serves(&self, held: &Held) -> bool {
        let mint = &self.minter.mint;
        let clock = &*mint.clock;
        if self.content().lifetime.auto_refresh {
            !held.is_due(clock) && !mint.keys.is_outdated(held.turn)
        } else {
            !held.is_over(clock)
        }
    }

    /// Whether a token can still be sent while its renewal fails.
    fn lives(&self, held: &Held) -> bool {
        let mint = &self.minter.mint;
        !held.is_over(&*mint.clock) && !mint.keys.is_outdated(held.turn)
    }

    /// Whether a new token may be made: without `auto_refresh`, only the first.
    fn may_renew(&self) -> Result<(), TokenError> {
        if self.content().lifetime.auto_refresh || self.renewal.read().is_none() {
            Ok(())
        } else {
            Err(TokenError::Expired)
        }
    }
}

impl TokenSource for Minting {
    fn identity(&self) -> &Identity {
        &self.minter.content.identity
    }

    fn present(&self) -> Option<AccessToken> {
        self.renewal
            .look(|held| self.serves(held).then(|| held.token.clone()))
    }

    /// With a key or an audit that is elsewhere the present token serves to its end, and there is none
    /// before [`token_async`](Self::token_async) was awaited.
    fn token(&self) -> Result<AccessToken, TokenError> {
        if let Some(token) = self.present() {
            return Ok(token);
        }
        let mint = &self.minter.mint;
        let serves = |held: &Held| self.serves(held);
        if !mint.audit.is_on() && matches!(mint.keys.borrow().key, Key::Local(_)) {
            return Ok(self.make(serves)?.token.clone());
        }
        let turn = mint.keys.current();
        let live = || {
            self.renewal
                .look(|held| self.lives(held).then(|| held.token.clone()))
        };
        if matches!(turn.key, Key::Local(_)) && !mint.audit.is_elsewhere() {
            return match self.wait_joined(serves, &turn) {
                Ok(held) => Ok(held.token.clone()),
                Err(error) => live().ok_or(error),
            };
        }
        self.may_renew()?;
        live().ok_or(TokenError::AwaitSigner)
    }

    fn token_async(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        self.obtain(None).boxed()
    }

    fn replace<'a>(
        &'a self,
        refused: &'a AccessToken,
    ) -> Option<BoxFuture<'a, Result<AccessToken, TokenError>>> {
        if !self.content().lifetime.auto_refresh {
            return None;
        }
        Some(self.obtain(Some(refused)).boxed())
    }

    fn is_live(&self, token: &AccessToken) -> bool {
        let clock = &*self.minter.mint.clock;
        clock.now() < token.expires_at()
            && self
                .renewal
                .look(|held| (held.token.is(token) && held.is_over(clock)).then_some(()))
                .is_none()
    }

    fn fresh_for(&self) -> Option<Duration> {
        let mint = &self.minter.mint;
        self.renewal.look(|held| {
            if self.content().lifetime.auto_refresh {
                (!mint.keys.is_outdated(held.turn))
                    .then(|| held.left(&*mint.clock))
                    .flatten()
            } else {
                held.life_left(&*mint.clock)
            }
        })
    }

    fn minting(&self) -> Option<&Minting> {
        Some(self)
    }
}

const USED_ITSELF: &str =
    "the audit sink uses a client whose token has to be recorded by that same sink";
