use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::Retry;

/// A request that is complete but for the API key, the token and the server's address.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// Path and query below the project's URL, percent-encoded: `rest/v1/notes?select=id`.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How long it may take in all, if it has a limit of its own.
    pub(crate) timeout: Option<Duration>,
    /// Whether it may be sent again after a byte of it has left.
    pub(crate) retry: Retry,
    /// The largest answer, if it is another than the configuration's.
    pub(crate) max_answer: Option<usize>,
}

impl Outgoing {
    pub(crate) fn new(method: Method, target: String) -> Self {
        Self {
            method,
            target,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: None,
            retry: Retry::default(),
            max_answer: None,
        }
    }
}
