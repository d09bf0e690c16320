//! axum: extractors, a tower layer, and errors as answers.

mod answer;
mod extract;
mod layer;

use axum_core::extract::Request;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::known::{Known, only};
use crate::error::CallerError;

/// The header of a request that says who is calling.
fn authorization(headers: &HeaderMap) -> Result<Option<&str>, CallerError> {
    let values = headers.get_all(AUTHORIZATION).into_iter();
    only(values.map(http::HeaderValue::as_bytes))
}
