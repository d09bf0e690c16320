use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::cached::Cached;
use super::{Identity, MintedSession};
use crate::clock::{Clock, ClockReading};
use crate::error::TokenError;
use crate::token::AccessToken;
#[cfg(feature = "postgres")]
use crate::token::UnsignedClaims;

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

    /// The cached claims without a signature, if they need no renewal.
    #[cfg(feature = "postgres")]
    fn current_claims(&self) -> Option<UnsignedClaims>;

    /// The claims of the identity without a signature, which have not expired, without waiting for an async
    /// audit sink.
    #[cfg(feature = "postgres")]
    fn claims_now(&self) -> Result<UnsignedClaims, TokenError>;

    /// The claims of the identity without a signature, which have not expired; waits for a renewal that is
    /// needed.
    #[cfg(feature = "postgres")]
    fn claims_async(&self) -> BoxFuture<'_, Result<UnsignedClaims, TokenError>>;

    /// Whether the claims have not expired by our clock, so that a statement may begin with them.
    #[cfg(feature = "postgres")]
    fn are_live(&self, claims: &UnsignedClaims) -> bool;

    /// This source, if it mints its tokens.
    fn as_minted(&self) -> Option<&MintedSession>;
}

/// Hands out a caller's own token until it expires. The token cannot be renewed.
pub(crate) struct ForwardingSource {
    identity: Identity,
    cached: Cached<AccessToken>,
    clock: Arc<dyn Clock>,
    #[cfg(feature = "postgres")]
    claims: std::sync::OnceLock<UnsignedClaims>,
}

impl ForwardingSource {
    pub(crate) fn new(identity: Identity, token: AccessToken, clock: Arc<dyn Clock>) -> Self {
        let now = ClockReading::now(&*clock);
        Self {
            identity,
            cached: Cached::forwarded(token, now),
            clock,
            #[cfg(feature = "postgres")]
            claims: std::sync::OnceLock::new(),
        }
    }
}

impl TokenSource for ForwardingSource {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn current(&self) -> Option<AccessToken> {
        (!self.cached.is_expired(&*self.clock)).then(|| self.cached.issued.clone())
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

    #[cfg(feature = "postgres")]
    fn current_claims(&self) -> Option<UnsignedClaims> {
        self.claims_now().ok()
    }

    /// The payload of the caller's token, as it is.
    #[cfg(feature = "postgres")]
    fn claims_now(&self) -> Result<UnsignedClaims, TokenError> {
        let token = self.token()?;
        Ok(self
            .claims
            .get_or_init(|| UnsignedClaims::of_token(&token))
            .clone())
    }

    #[cfg(feature = "postgres")]
    fn claims_async(&self) -> BoxFuture<'_, Result<UnsignedClaims, TokenError>> {
        std::future::ready(self.claims_now()).boxed()
    }

    #[cfg(feature = "postgres")]
    fn are_live(&self, _claims: &UnsignedClaims) -> bool {
        !self.cached.is_expired(&*self.clock)
    }

    fn as_minted(&self) -> Option<&MintedSession> {
        None
    }
}
