//! Extractors, a middleware and error responses for actix-web.

mod error_response;
mod extract;
mod middleware;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::verified_caller::{VerifiedCaller, single_header};
use crate::error::CallerError;

/// The request's `Authorization` header.
fn authorization(headers: &HeaderMap) -> Result<Option<&str>, CallerError> {
    single_header(headers.get_all(AUTHORIZATION).map(HeaderValue::as_bytes))
}
