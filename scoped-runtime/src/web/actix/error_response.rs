use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};

use crate::error::{CallerError, Error, PublicError};
use crate::web::log_failure;

/// Answers with the status and the fixed text of [`Error::public`]. With the feature `tracing`, the error
/// and its causes are logged as an event of the target `scoped_runtime::web`. Another middleware finds the
/// error in [`HttpResponse::error`].
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status(&self.public())
    }

    fn error_response(&self) -> HttpResponse {
        let public = self.public();
        log_failure(self, &public);
        response(&public)
    }
}

/// Answers and logs as [`Error::Caller`] does.
impl ResponseError for CallerError {
    fn status_code(&self) -> StatusCode {
        status(&self.public())
    }

    fn error_response(&self) -> HttpResponse {
        Error::from(self.clone()).error_response()
    }
}

fn status(public: &PublicError) -> StatusCode {
    StatusCode::from_u16(public.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn response(public: &PublicError) -> HttpResponse {
    let mut response = HttpResponse::build(status(public));
    response.insert_header((CONTENT_TYPE, "application/json"));
    if let Some(challenge) = public.challenge() {
        response.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if let Some(seconds) = public.retry_after() {
        response.insert_header((RETRY_AFTER, seconds));
    }
    response.body(public.body())
}
