use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::Retry;
use super::error_reader::{ErrorReader, read_api_error};

/// A request without API key, token and server address, which the transport adds.
#[derive(Clone)]
pub(crate) struct TransportRequest {
    pub(crate) method: Method,
    /// The path and query relative to the project's URL, percent-encoded: `rest/v1/notes?select=id`.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The timeout of this request; `None` for the configured one.
    pub(crate) timeout: Option<Duration>,
    /// Whether it may be sent again after a byte of it was sent.
    pub(crate) retry: Retry,
    /// The maximum size of the response body, in bytes; `None` for the configured limit.
    pub(crate) max_response_bytes: Option<usize>,
    /// Whether the request only reads, whatever its method, so that a read-only client may send it.
    pub(crate) is_read: bool,
    /// Reads the service's error responses.
    pub(crate) read_error: ErrorReader,
    /// The path that logs show, if the path of `target` contains a secret.
    #[cfg_attr(
        not(feature = "tracing"),
        allow(dead_code, reason = "only spans show a path")
    )]
    pub(crate) logged_path: Option<&'static str>,
}

impl TransportRequest {
    pub(crate) fn new(method: Method, target: String) -> Self {
        Self {
            is_read: matches!(method, Method::GET | Method::HEAD),
            method,
            target,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: None,
            retry: Retry::default(),
            max_response_bytes: None,
            read_error: read_api_error,
            logged_path: None,
        }
    }
}
