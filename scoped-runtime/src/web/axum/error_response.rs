use std::sync::Arc;

use axum_core::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::error::{CallerError, Error};
use crate::web::log_failure;

/// Answers with the status and the fixed text of [`Error::public`]. With the feature `tracing`, the error
/// and its causes are logged as an event of the target `scoped_runtime::web`. Another middleware finds the
/// error in the response's extensions, as an `Arc<Error>`.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let public = self.public();
        log_failure(&self, &public);
        let mut response = public.body().into_response();
        *response.status_mut() =
            StatusCode::from_u16(public.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(challenge) = public.challenge() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = public.retry_after() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Answers and logs as [`Error::Caller`] does.
impl IntoResponse for CallerError {
    fn into_response(self) -> Response {
        Error::from(self).into_response()
    }
}
