use std::future::{Ready, ready};
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{HttpMessage, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::{VerifiedCaller, authorization};
use crate::error::Error;
use crate::web::RequireCaller;

impl<S, B> Transform<S, ServiceRequest> for RequireCaller
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = RequireCallerMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireCallerMiddleware {
            require: self.clone(),
            inner: Rc::new(inner),
        }))
    }
}

/// The service of actix-web that [`RequireCaller`] wraps around another one.
#[derive(Debug)]
pub struct RequireCallerMiddleware<S> {
    require: RequireCaller,
    inner: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for RequireCallerMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, actix_web::Error>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), actix_web::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (require, inner) = (self.require.clone(), Rc::clone(&self.inner));
        async move {
            let verified = request.extensions().get::<VerifiedCaller>().cloned();
            let checked = match authorization(request.headers()) {
                Ok(header) => require.check(header, verified).await,
                Err(error) => Err(error),
            };
            match checked {
                Ok(verified) => {
                    request.extensions_mut().insert(verified);
                    let response = inner.call(request).await?;
                    Ok(response.map_into_left_body())
                }
                // A response instead of an error, so that it passes through the outer middlewares.
                Err(error) => {
                    let response = HttpResponse::from_error(Error::from(error));
                    Ok(request.into_response(response).map_into_right_body())
                }
            }
        }
        .boxed_local()
    }
}
