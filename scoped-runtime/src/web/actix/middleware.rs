use std::future::{Ready, ready};
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::dev::{Service, ServiceRequest, Transform};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::{Known, authorization};
use crate::web::RequireCaller;

impl<S> Transform<S, ServiceRequest> for RequireCaller
where
    S: Service<ServiceRequest, Error = actix_web::Error> + 'static,
{
    type Response = S::Response;
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

/// What [`RequireCaller`] makes of a service of actix-web's.
#[derive(Debug)]
pub struct RequireCallerMiddleware<S> {
    require: RequireCaller,
    inner: Rc<S>,
}

impl<S> Service<ServiceRequest> for RequireCallerMiddleware<S>
where
    S: Service<ServiceRequest, Error = actix_web::Error> + 'static,
{
    type Response = S::Response;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<S::Response, actix_web::Error>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), actix_web::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (require, inner) = (self.require.clone(), Rc::clone(&self.inner));
        async move {
            let known = request.extensions().get::<Known>().cloned();
            let known = require
                .check(authorization(request.headers())?, known)
                .await?;
            request.extensions_mut().insert(known);
            inner.call(request).await
        }
        .boxed_local()
    }
}
