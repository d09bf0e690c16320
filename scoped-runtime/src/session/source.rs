use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Identity, Minting};
use crate::error::TokenError;
use crate::token::AccessToken;

/// Hands out a live token of one identity.
pub(crate) trait TokenSource: Send + Sync {
    fn identity(&self) -> &Identity;

    /// The present token, if it needs no renewal.
    fn present(&self) -> Option<AccessToken>;

    /// A live token, without waiting for anything that is elsewhere.
    fn token(&self) -> Result<AccessToken, TokenError>;

    /// A live token.
    fn token_async(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>>;

    /// A token in place of one that the server called expired, unless that is replaced already. Nothing
    /// where tokens are not renewed.
    fn replace<'a>(
        &'a self,
        refused: &'a AccessToken,
    ) -> Option<BoxFuture<'a, Result<AccessToken, TokenError>>>;

    /// Whether a request may begin with this token, by our clock.
    fn is_live(&self, token: &AccessToken) -> bool;

    /// How long the present token needs no renewal; `None` if there is none or it is due.
    fn fresh_for(&self) -> Option<Duration>;

    /// The one that mints, if this does.
    fn minting(&self) -> Option<&Minting>;
}
