use std::fmt;

use serde::de::DeserializeOwned;

use super::verified_caller::VerifiedCaller;
use crate::claims::{NoClaims, ScopedClaims};
use crate::client::{ScopedClient, ScopedClients};
use crate::error::{CallerError, Error};
use crate::verify::VerifiedToken;

/// An extractor: who is calling, or `None` for a request without an `Authorization` header. A header that
/// is no good is still a 401: a caller does not become a guest by a mistake. Its
/// [`client`](OptionalCaller::client) acts as the caller, or without one in the role `anon`.
pub struct OptionalCaller<C = NoClaims>(pub Option<VerifiedToken<C>>);

/// An extractor: a client that acts as the caller with freshly minted tokens, as
/// [`Caller::client`](crate::Caller::client) makes it.
pub struct Minted<C = NoClaims>(pub ScopedClient<C>);

/// An extractor: a client that sends the caller's own token on, as
/// [`Caller::forward_token`](crate::Caller::forward_token) makes it.
pub struct Forwarded<C = NoClaims>(pub ScopedClient<C>);

/// What a handler can ask for of a request.
pub(super) trait Extract: Sized {
    /// Makes it of the caller, if the request says who that is.
    fn extract(caller: Option<VerifiedCaller>, clients: &ScopedClients) -> Result<Self, Error>;
}

impl<C: ScopedClaims + DeserializeOwned> Extract for VerifiedToken<C> {
    fn extract(caller: Option<VerifiedCaller>, _: &ScopedClients) -> Result<Self, Error> {
        let VerifiedCaller(caller) = caller.ok_or(CallerError::Missing)?;
        Ok(caller.with_claims()?)
    }
}

impl<C: ScopedClaims + DeserializeOwned> Extract for OptionalCaller<C> {
    fn extract(caller: Option<VerifiedCaller>, _: &ScopedClients) -> Result<Self, Error> {
        let read = |VerifiedCaller(caller)| caller.with_claims();
        Ok(Self(caller.map(read).transpose()?))
    }
}

impl<C: ScopedClaims + DeserializeOwned> Extract for Minted<C> {
    fn extract(caller: Option<VerifiedCaller>, clients: &ScopedClients) -> Result<Self, Error> {
        let caller = VerifiedToken::extract(caller, clients)?;
        caller.client(clients).client().map(Self)
    }
}

impl<C: ScopedClaims + DeserializeOwned> Extract for Forwarded<C> {
    fn extract(caller: Option<VerifiedCaller>, clients: &ScopedClients) -> Result<Self, Error> {
        let caller = VerifiedToken::extract(caller, clients)?;
        caller.forward_token(clients).map(Self)
    }
}

impl<C> fmt::Debug for OptionalCaller<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OptionalCaller").field(&self.0).finish()
    }
}

impl<C> fmt::Debug for Minted<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Minted").field(&self.0).finish()
    }
}

impl<C> fmt::Debug for Forwarded<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Forwarded").field(&self.0).finish()
    }
}
