use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::held::{Held, Moment};
use super::{Identity, Minting, TokenSource};
use crate::clock::Clock;
use crate::error::TokenError;
use crate::token::AccessToken;

/// The user's own token, to its end, and never another: there is nothing to mint from.
pub(crate) struct Forwarding {
    identity: Identity,
    held: Held,
    clock: Arc<dyn Clock>,
}

impl Forwarding {
    pub(crate) fn new(identity: Identity, token: AccessToken, clock: Arc<dyn Clock>) -> Self {
        let now = Moment::now(&*clock);
        Self {
            identity,
            held: Held::fixed(token, now),
            clock,
        }
    }
}

impl TokenSource for Forwarding {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn present(&self) -> Option<AccessToken> {
        (!self.held.is_over(&*self.clock)).then(|| self.held.token.clone())
    }

    fn token(&self) -> Result<AccessToken, TokenError> {
        self.present().ok_or(TokenError::Expired)
    }

    fn token_async(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        std::future::ready(self.token()).boxed()
    }

    fn replace<'a>(
        &'a self,
        _refused: &'a AccessToken,
    ) -> Option<BoxFuture<'a, Result<AccessToken, TokenError>>> {
        None
    }

    fn is_live(&self, _token: &AccessToken) -> bool {
        !self.held.is_over(&*self.clock)
    }

    fn fresh_for(&self) -> Option<Duration> {
        self.held.life_left(&*self.clock)
    }

    fn minting(&self) -> Option<&Minting> {
        None
    }
}
