use axum_core::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{VerifiedCaller, authorization};
use crate::claims::ScopedClaims;
use crate::client::{Mode, ScopedClient, ScopedClients};
use crate::error::{CallerError, Error};
use crate::verify::VerifiedToken;
use crate::web::extract::{Extract, Forwarded, Minted, OptionalCaller};

/// The project is the state, or a part of it.
async fn extract<E: Extract>(parts: &mut Parts, clients: &ScopedClients) -> Result<E, Error> {
    let known = parts.extensions.get::<VerifiedCaller>().cloned();
    let known = VerifiedCaller::of(clients, authorization(&parts.headers)?, known).await?;
    if let Some(known) = &known {
        parts.extensions.insert(known.clone());
    }
    E::extract(known, clients)
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

/// Nothing has it: a client has to be made, and `#[impersonate]` says of whom. Axum's own message comes
/// before one of ours, and has this name in it.
pub trait PutImpersonateAboveDebugHandler {}

/// Only to say so.
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
