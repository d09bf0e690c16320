use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{VerifiedCaller, authorization};
use crate::claims::ScopedClaims;
use crate::client::ScopedClients;
use crate::error::{ConfigurationError, Error, Problem};
use crate::verify::VerifiedToken;
use crate::web::extract::{Extract, Forwarded, Minted, OptionalCaller};

/// Verifies the caller with the `web::Data<ScopedClients>` of the application, and makes the extractor.
async fn extract<E: Extract>(request: HttpRequest) -> Result<E, Error> {
    let clients = request
        .app_data::<web::Data<ScopedClients>>()
        .ok_or_else(|| {
            ConfigurationError::from(Problem::new(
                "app_data",
                "has no `web::Data<ScopedClients>`",
                "add `.app_data(web::Data::new(clients.clone()))` to the `App`",
            ))
        })?;
    let verified = request.extensions().get::<VerifiedCaller>().cloned();
    let verified = VerifiedCaller::of(clients, authorization(request.headers())?, verified).await?;
    if let Some(verified) = &verified {
        request.extensions_mut().insert(verified.clone());
    }
    E::extract(verified, clients)
}

macro_rules! extractors {
    ($($name:ident)*) => {$(
        impl<C: ScopedClaims + DeserializeOwned> FromRequest for $name<C> {
            type Error = Error;
            type Future = LocalBoxFuture<'static, Result<Self, Error>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                extract(request.clone()).boxed_local()
            }
        }
    )*};
}

extractors! { VerifiedToken OptionalCaller Minted Forwarded }
