use axum_core::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{VerifiedCaller, authorization};
use crate::claims::ScopedClaims;
use crate::client::{Mode, ScopedClient, ScopedClients};
use crate::error::{CallerError, Error};
use crate::verify::VerifiedToken;
use crate::web::extract::{Extract, Forwarded, Minted, OptionalCaller};

/// Verifies the caller with the `ScopedClients` of the router's state, and makes the extractor.
async fn extract<E: Extract>(parts: &mut Parts, clients: &ScopedClients) -> Result<E, Error> {
    let verified = parts.extensions.get::<VerifiedCaller>().cloned();
    let verified = VerifiedCaller::of(clients, authorization(&parts.headers)?, verified).await?;
    if let Some(verified) = &verified {
        parts.extensions.insert(verified.clone());
    }
    E::extract(verified, clients)
}

macro_rules! extractors {
    ($($name:ident)*) => {$(
        impl<S, C> FromRequestParts<S> for $name<C>
        where
            S: Send + Sync,
            ScopedClients: FromRef<S>,
            C: ScopedClaims + DeserializeOwned,
        {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
                extract(parts, &ScopedClients::from_ref(state)).await
            }
        }
    )*};
}

/// A trait without implementations. Its name appears in the compiler's message for a handler that takes a
/// `ScopedClient` without `#[impersonate]`, where axum's own diagnostic takes precedence over ours.
pub trait PutImpersonateAboveDebugHandler {}

/// Never applies: it makes the compiler's message for a missing `#[impersonate]` name the remedy.
impl<S, C, M: Mode> FromRequestParts<S> for ScopedClient<C, M>
where
    S: Send + Sync,
    Self: PutImpersonateAboveDebugHandler,
{
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Error> {
        Err(CallerError::Missing.into())
    }
}

extractors! { VerifiedToken OptionalCaller Minted Forwarded }
