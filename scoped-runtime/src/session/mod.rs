//! One session: a user's token and its renewal.

mod held;
mod lifetime;
mod minter;
mod renewal;
mod sync;

pub(crate) use lifetime::Lifetime;
pub(crate) use minter::{Content, Mint};
pub(crate) use renewal::{Need, Numbered, Patience, Renewal};

use std::sync::Arc;
use std::time::Duration;

use self::held::{Held, Moment};
use self::minter::Minter;
use crate::error::TokenError;
use crate::key::{Key, Remote, Turn};
use crate::token::AccessToken;

/// A token and its renewal, for however many clients and queries.
pub(crate) struct Session {
    minter: Arc<Minter>,
    renewal: Renewal<Held, TokenError>,
}

/// How soon a signer that failed is asked again while the present token serves, and how long one that
/// is slow is waited for then.
const RETRY: Duration = Duration::from_secs(1);
const ATTEMPTS: usize = 3;

impl Session {
    pub(crate) fn new(mint: Arc<Mint>, content: Content) -> Self {
        Self {
            minter: Arc::new(Minter { mint, content }),
            renewal: Renewal::new(),
        }
    }

    /// One that has this token to its end, and never another: the content has nothing to mint from.
    pub(crate) fn fixed(
        mint: Arc<Mint>,
        content: Content,
        token: AccessToken,
    ) -> Result<Self, TokenError> {
        let now = Moment::now(&*mint.clock);
        let session = Self::new(mint, content);
        let first = || Ok(Held::fixed(token, now));
        session.renewal.make(|_| false, first)?;
        Ok(session)
    }

    /// What all its tokens have in common.
    pub(crate) fn content(&self) -> &Content {
        &self.minter.content
    }

    /// A live token: the present one, or a new one when that is due.
    ///
    /// With a remote signer the present one serves to its end, and there is none before
    /// [`token_async`](Self::token_async) was awaited.
    pub(crate) fn token(&self) -> Result<AccessToken, TokenError> {
        let present = |serves: &dyn Fn(&Held) -> bool| {
            self.renewal
                .look(|held| serves(held).then(|| held.token.clone()))
        };
        if let Some(token) = present(&|held| self.serves(held)) {
            return Ok(token);
        }
        if matches!(self.minter.mint.keys.borrow().key, Key::Local(_)) {
            return Ok(self.make(|held| self.serves(held))?.token.clone());
        }
        self.may_renew()?;
        present(&|held| self.lives(held)).ok_or(TokenError::AwaitSigner)
    }

    /// A live token, waiting for a remote signer if there is one.
    pub(crate) async fn token_async(&self) -> Result<AccessToken, TokenError> {
        self.obtain(None).await
    }

    /// A token in place of one that the server called expired, unless that is replaced already.
    /// Nothing when `auto_refresh` is off.
    pub(crate) async fn replace(
        &self,
        refused: &AccessToken,
    ) -> Option<Result<AccessToken, TokenError>> {
        if !self.content().lifetime.auto_refresh {
            return None;
        }
        Some(self.obtain(Some(refused)).await)
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
                Key::Local(_) => Ok(self.make(serves)?),
                Key::Remote(remote) => {
                    let hurry = present().is_some();
                    self.join(serves, remote, &turn, hurry).await
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

    /// Waits for a signature: the one under way, or one that begins. Whoever has a live token waits
    /// for the first moment only.
    async fn join(
        &self,
        serves: impl Fn(&Held) -> bool,
        remote: &Remote,
        turn: &Arc<Turn>,
        hurry: bool,
    ) -> Result<Arc<Numbered<Held>>, TokenError> {
        self.may_renew()?;
        let mint = &self.minter.mint;
        let after = mint.signer_timeout;
        let patience = Patience {
            flight: after,
            retry: RETRY,
        };
        let now = mint.clock.monotonic();
        let begin = || self.minter.remote(remote.clone(), Arc::clone(turn));
        match self.renewal.join(serves, now, patience, begin) {
            Need::Met(held) => Ok(held),
            Need::Failed(error) => Err(error),
            // The timer is the caller's own: one inside would end with the runtime that it began on.
            Need::Awaits(outcome, left) => {
                let wait = if hurry {
                    RETRY.saturating_sub(after.saturating_sub(left)).min(left)
                } else {
                    left
                };
                tokio::time::timeout(wait, outcome)
                    .await
                    .map_err(|_| TokenError::SignerTimeout { after })?
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
