use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_RANGE;
use serde::de::DeserializeOwned;

use crate::error::{ClientError, Error};

/// A successful answer, read to its end.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Response {
    pub(super) fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The HTTP status, from 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of a header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How many rows there are in all, if the query asked with `exact_count()` or the like.
    /// See <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
    pub fn count(&self) -> Option<u64> {
        let range = self.headers.get(CONTENT_RANGE)?.to_str().ok()?;
        range.rsplit_once('/')?.1.parse().ok()
    }

    /// The body as it came.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; PostgREST sends UTF-8.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as a value.
    ///
    /// # Errors
    /// [`ClientError::Decode`] when it does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let decoded = serde_json::from_slice(&self.body);
        decoded.map_err(|source| ClientError::Decode { source }.into())
    }
}

/// Rows may be private, and a server may echo what it was sent: neither is shown.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
