use std::mem;
use std::task::{Context, Poll};

use axum_core::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tower_layer::Layer;
use tower_service::Service;

use super::{Request, VerifiedCaller, authorization};
use crate::web::RequireCaller;

impl<S> Layer<S> for RequireCaller {
    type Service = RequireCallerService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireCallerService {
            require: self.clone(),
            inner,
        }
    }
}

/// The tower service that [`RequireCaller`] wraps around another one.
#[derive(Debug, Clone)]
pub struct RequireCallerService<S> {
    require: RequireCaller,
    inner: S,
}

impl<S> Service<Request> for RequireCallerService<S>
where
    S: Service<Request> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // `poll_ready` has prepared this service; a clone of it may not be ready.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let require = self.require.clone();
        async move {
            let verified = request.extensions().get::<VerifiedCaller>().cloned();
            let checked = match authorization(request.headers()) {
                Ok(header) => require.check(header, verified).await,
                Err(error) => Err(error),
            };
            match checked {
                Ok(verified) => {
                    request.extensions_mut().insert(verified);
                    inner.call(request).await.map(IntoResponse::into_response)
                }
                Err(error) => Ok(error.into_response()),
            }
        }
        .boxed()
    }
}
