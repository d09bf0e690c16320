use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::cached_token::{CachedToken, ClockReading};
use super::{Identity, MintingSource};
use crate::clock::Clock;
use crate::error::TokenError;
use crate::token::AccessToken;

/// Hands out tokens of one identity that have not expired.
pub(crate) trait TokenSource: Send + Sync {
    fn identity(&self) -> &Identity;

    /// The cached token, if it needs no renewal.
    fn current(&self) -> Option<AccessToken>;

    /// A token that has not expired, without waiting for a remote signer or an async audit sink.
    fn token(&self) -> Result<AccessToken, TokenError>;

    /// A token that has not expired; waits for a renewal that is needed.
    fn token_async(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>>;

    /// A token in place of `refused`, which the server called expired. If the cached token is already
    /// another one, that is returned. `None` if the tokens of this source are not renewed.
    fn replace<'a>(
        &'a self,
        refused: &'a AccessToken,
    ) -> Option<BoxFuture<'a, Result<AccessToken, TokenError>>>;

    /// Whether the token has not expired by our clock, so that a request may begin with it.
    fn is_live(&self, token: &AccessToken) -> bool;

    /// The time until the cached token needs renewal; `None` if there is no token or it needs renewal now.
    fn time_to_renewal(&self) -> Option<Duration>;

    /// This source, if it mints its tokens.
    fn as_minting(&self) -> Option<&MintingSource>;
}

/// Hands out a caller's own token until it expires. The token cannot be renewed.
pub(crate) struct ForwardingSource {
    identity: Identity,
    cached: CachedToken,
    clock: Arc<dyn Clock>,
}

impl ForwardingSource {
    pub(crate) fn new(identity: Identity, token: AccessToken, clock: Arc<dyn Clock>) -> Self {
        let now = ClockReading::now(&*clock);
        Self {
            identity,
            cached: CachedToken::forwarded(token, now),
            clock,
        }
    }
}

impl TokenSource for ForwardingSource {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn current(&self) -> Option<AccessToken> {
        (!self.cached.is_expired(&*self.clock)).then(|| self.cached.token.clone())
    }

    fn token(&self) -> Result<AccessToken, TokenError> {
        self.current().ok_or(TokenError::Expired)
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
        !self.cached.is_expired(&*self.clock)
    }

    fn time_to_renewal(&self) -> Option<Duration> {
        self.cached.remaining_lifetime(&*self.clock)
    }

    fn as_minting(&self) -> Option<&MintingSource> {
        None
    }
}
