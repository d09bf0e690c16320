use std::fmt;

use serde::de::DeserializeOwned;

use super::verified_caller::VerifiedCaller;
use crate::claims::{NoClaims, ScopedClaims};
use crate::client::{ScopedClient, ScopedClients};
use crate::error::{CallerError, Error};
use crate::verify::VerifiedToken;

/// An extractor of the verified caller, or of `None` for a request without an `Authorization` header. A
/// header with an invalid token is answered with 401, so that a mistake does not turn a caller into a guest.
/// [`client`](OptionalCaller::client) gives a client that acts as the caller, or as `anon` without one.
///
/// ```
/// use scoped_runtime::OptionalCaller;
///
/// async fn greeting(OptionalCaller(caller): OptionalCaller) -> String {
///     match caller {
///         Some(caller) => format!("hello {}", caller.user_id()),
///         None => "hello guest".to_owned(),
///     }
/// }
/// ```
pub struct OptionalCaller<C = NoClaims>(pub Option<VerifiedToken<C>>);

/// An extractor of a client that acts as the caller with freshly minted tokens: the client of
/// [`Caller::client`](crate::Caller::client).
///
/// ```
/// use scoped_runtime::{Error, Minted};
///
/// async fn count(Minted(db): Minted) -> Result<String, Error> {
///     Ok(db.from("notes").count().await?.to_string())
/// }
/// ```
pub struct Minted<C = NoClaims>(pub ScopedClient<C>);

/// An extractor of a client that forwards the caller's own token: the client of
/// [`Caller::forward_token`](crate::Caller::forward_token).
///
/// ```
/// use scoped_runtime::{Error, Forwarded};
///
/// async fn count(Forwarded(db): Forwarded) -> Result<String, Error> {
///     Ok(db.from("notes").count().await?.to_string())
/// }
/// ```
pub struct Forwarded<C = NoClaims>(pub ScopedClient<C>);

/// A value that the extractors of both frameworks make from a verified caller.
pub(super) trait Extract: Sized {
    /// Makes the value; `caller` is `None` for a request without an `Authorization` header.
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
        let with_claims = |VerifiedCaller(caller)| caller.with_claims();
        Ok(Self(caller.map(with_claims).transpose()?))
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
