//! One session: a user's token and its renewal.

mod held;
mod lifetime;
mod minter;
mod renewal;
mod sync;

pub(crate) use lifetime::Lifetime;
pub(crate) use minter::{Content, Mint};

use std::sync::Arc;
use std::time::Duration;

use self::held::Held;
use self::minter::Minter;
use self::renewal::{Need, Patience, Renewal};
use crate::error::TokenError;
use crate::key::Key;
use crate::token::AccessToken;

/// A token and its renewal, for however many clients and queries.
pub(crate) struct Session {
    minter: Arc<Minter>,
    renewal: Renewal<Held, TokenError>,
}

/// How soon a signer that failed is asked again while the present token serves.
const RETRY: Duration = Duration::from_secs(1);
const ATTEMPTS: usize = 3;

impl Session {
    pub(crate) fn new(mint: Arc<Mint>, content: Content) -> Self {
        Self {
            minter: Arc::new(Minter { mint, content }),
            renewal: Renewal::new(),
        }
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
        let held = self.renewal.read();
        if let Some(held) = held.as_deref().filter(|held| self.serves(held)) {
            return Ok(held.token.clone());
        }
        let turn = self.minter.mint.keys.current();
        match &turn.key {
            Key::Local(key) => {
                let renewed = self.renewal.make(
                    |held| self.serves(held),
                    || {
                        self.may_renew()?;
                        self.minter.local(key, &turn)
                    },
                )?;
                Ok(renewed.token.clone())
            }
            Key::Remote(_) => match held.filter(|held| self.lives(held)) {
                Some(held) => Ok(held.token.clone()),
                None => Err(TokenError::AwaitSigner),
            },
        }
    }

    /// A live token, waiting for a remote signer if there is one.
    pub(crate) async fn token_async(&self) -> Result<AccessToken, TokenError> {
        self.obtain(|held| self.serves(held)).await
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
        let serves = |held: &Held| !held.token.is(refused) && self.serves(held);
        Some(self.obtain(serves).await)
    }

    /// The present token if it serves, else a new one.
    async fn obtain(&self, serves: impl Fn(&Held) -> bool) -> Result<AccessToken, TokenError> {
        if let Some(held) = self.renewal.read().filter(|held| serves(held)) {
            return Ok(held.token.clone());
        }
        // More than once only if what was begun is overtaken by a rotation, or by its own length.
        for _ in 0..ATTEMPTS {
            let mint = &self.minter.mint;
            let turn = mint.keys.current();
            let remote = match &turn.key {
                Key::Local(key) => {
                    let renewed = self.renewal.make(&serves, || {
                        self.may_renew()?;
                        self.minter.local(key, &turn)
                    })?;
                    return Ok(renewed.token.clone());
                }
                Key::Remote(remote) => remote.clone(),
            };
            self.may_renew()?;
            let patience = Patience {
                flight: mint.signer_timeout,
                retry: RETRY,
            };
            let now = mint.clock.monotonic();
            let begin = || self.minter.remote(remote, Arc::clone(&turn));
            let outcome = match self.renewal.join(&serves, now, patience, begin) {
                Need::Met(held) => Ok(held),
                Need::Failed(error) => Err(error),
                Need::Awaits(outcome) => outcome.await,
            };
            match outcome {
                Ok(held) if self.serves(&held) => return Ok(held.token.clone()),
                Ok(_) => {}
                Err(error) => {
                    let present = self.renewal.read().filter(|held| self.lives(held));
                    return present.map(|held| held.token.clone()).ok_or(error);
                }
            }
        }
        Err(TokenError::Expired)
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
