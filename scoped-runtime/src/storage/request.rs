//! Requests to Storage: their paths and headers, and the errors of their responses.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method};
use percent_encoding::utf8_percent_encode;
use serde::Serialize;

use super::key::{push_bucket, push_key};
use crate::client::Core;
use crate::client::name::{RESERVED, invalid};
use crate::error::{ClientError, StorageError, shown};
use crate::transport::{ErrorResponse, Retry, ServiceError, TransportRequest, is_gateway_status};

/// The path of Storage below the project's URL.
pub(super) const ROOT: &str = "storage/v1/";

/// The path of an object: `prefix`, the bucket and the key.
pub(super) fn object_target(prefix: &str, bucket: &str, key: &str) -> Result<String, ClientError> {
    let mut target = bucket_target(prefix, bucket)?;
    target.push('/');
    push_key(&mut target, key)?;
    Ok(target)
}

/// The path of a bucket: `prefix` and the bucket.
pub(super) fn bucket_target(prefix: &str, bucket: &str) -> Result<String, ClientError> {
    let mut target = String::with_capacity(ROOT.len() + prefix.len() + bucket.len() + 64);
    target.push_str(ROOT);
    target.push_str(prefix);
    push_bucket(&mut target, bucket)?;
    Ok(target)
}

pub(super) fn request(method: Method, target: String) -> TransportRequest {
    TransportRequest {
        read_error: read_storage_error,
        ..TransportRequest::new(method, target)
    }
}

/// Reads the errors of Storage. It answers HTTP 400 to nearly everything, an expired token included, and says in
/// the body what it means.
fn read_storage_error(response: &ErrorResponse<'_>) -> ServiceError {
    let error = StorageError::new(response.status, response.headers, response.body);
    // HEAD has no body that could tell an expired token from another error, and a fresh token does no harm.
    let is_silent = response.status == 400 && response.body.is_empty();
    ServiceError {
        is_expired_token: error.is_expired_token() || is_silent,
        is_transient: error.is_transient() || is_gateway_status(response.status),
        error: error.into(),
    }
}

/// A request with a JSON body.
pub(super) fn json_request(
    method: Method,
    target: String,
    body: &impl Serialize,
) -> Result<TransportRequest, ClientError> {
    let json = serde_json::to_vec(body).map_err(|error| ClientError::Body {
        source: std::sync::Arc::new(error),
    })?;
    let mut request = request(method, target);
    request.body = Bytes::from(json);
    let json = HeaderValue::from_static("application/json");
    request.headers.insert(CONTENT_TYPE, json);
    Ok(request)
}

/// A POST that only reads: read-only clients may send it, and it is retried as a GET is.
pub(super) fn reading(mut request: TransportRequest) -> TransportRequest {
    request.is_read = true;
    request.retry = Retry::Always;
    request
}

/// Sets a header whose value the caller of the library chose.
pub(super) fn set_header(
    request: &mut TransportRequest,
    name: HeaderName,
    value: &str,
) -> Result<(), ClientError> {
    let is_text = |value: &HeaderValue| value.to_str().is_ok();
    match HeaderValue::from_str(value).ok().filter(is_text) {
        Some(value) => {
            request.headers.insert(name, value);
            Ok(())
        }
        None => Err(invalid(
            "header",
            name.as_str(),
            "has a value that is not visible ASCII",
            "leave other characters out",
        )),
    }
}

/// The slowest upload, in bytes a second, for which the default timeout is long enough.
const SLOWEST: u64 = 64 << 10;

/// The default timeout of a request that sends this many bytes.
pub(super) fn upload_timeout(core: &Core, bytes: u64) -> Duration {
    let transfer = Duration::from_secs(bytes / SLOWEST);
    core.settings().request_timeout.saturating_add(transfer)
}

/// Appends a query parameter.
pub(super) fn push_query(target: &mut String, name: &str, value: &str) {
    target.push(if target.contains('?') { '&' } else { '?' });
    target.push_str(name);
    target.push('=');
    target.extend(utf8_percent_encode(value, RESERVED));
}

/// The error for a URL that is not one of this project's signed ones.
pub(super) fn unknown_url() -> ClientError {
    ClientError::InvalidQuery {
        what: "the signed URL is of another project, or of another kind".to_owned(),
        remedy: "pass the URL as it was signed by a client of this project",
    }
}

/// The error for a response that contradicts the protocol.
pub(super) fn unexpected(subject: &'static str, reason: impl Into<String>) -> ClientError {
    ClientError::UnexpectedResponse {
        subject,
        reason: reason.into(),
    }
}

/// The error for a name of a listing that leads elsewhere.
pub(super) fn unsafe_name(name: &str) -> ClientError {
    unexpected(
        "a listing",
        format!("has the name `{}`, which leads elsewhere", shown(name)),
    )
}

/// Lets async code await a request, as `awaited!(ListRequest::execute -> Vec<ListEntry>)` says.
macro_rules! awaited {
    ($request:ident::$send:ident -> $answer:ty) => {
        impl IntoFuture for $request {
            type Output = Result<$answer, $crate::error::Error>;
            type IntoFuture = <$crate::client::Async as $crate::client::Mode>::Answer<$answer>;

            fn into_future(self) -> Self::IntoFuture {
                self.$send()
            }
        }
    };
}

pub(in crate::storage) use awaited;
