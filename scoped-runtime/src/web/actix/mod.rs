//! actix-web: extractors, a middleware, and errors as answers.

mod answer;
mod extract;
mod middleware;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::known::{Known, only};
use crate::error::CallerError;

/// The header of a request that says who is calling.
fn authorization(headers: &HeaderMap) -> Result<Option<&str>, CallerError> {
    only(headers.get_all(AUTHORIZATION).map(HeaderValue::as_bytes))
}
