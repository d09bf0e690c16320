//! Extractors, a tower layer and error responses for axum.

mod error_response;
mod extract;
mod layer;

use axum_core::extract::Request;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::verified_caller::{VerifiedCaller, single_header};
use crate::error::CallerError;

/// The request's `Authorization` header.
fn authorization(headers: &HeaderMap) -> Result<Option<&str>, CallerError> {
    let values = headers.get_all(AUTHORIZATION).into_iter();
    single_header(values.map(http::HeaderValue::as_bytes))
}
