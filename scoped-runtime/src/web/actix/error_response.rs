use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};

use crate::error::{CallerError, Error, PublicError};
use crate::web::log_failure;

/// Answers with what the client may know ([`Error::public`]). With the feature `tracing`, the error with
/// its causes is an event of the target `scoped_runtime::web`. A middleware of your own finds the error
/// itself in [`HttpResponse::error`].
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status(&self.public())
    }

    fn error_response(&self) -> HttpResponse {
        let public = self.public();
        log_failure(self, &public);
        answer(&public)
    }
}

/// As [`Error`]'s.
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

fn answer(public: &PublicError) -> HttpResponse {
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
