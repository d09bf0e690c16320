use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_RANGE;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::decode::decode;
use crate::error::Error;

/// A successful response (status 200 to 299) whose body was read to its end.
///
/// [`Query::execute`](crate::Query::execute) and [`Request::execute`](crate::Request::execute) return it.
/// `Debug` shows neither the body nor the headers.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    /// The requested path, for errors.
    path: String,
}

impl Response {
    pub(super) fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            path: String::new(),
        }
    }

    /// Keeps the requested path for errors. `target` is relative to the project's URL and may have a query.
    pub(super) fn for_target(mut self, target: &str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        path.clone_into(&mut self.path);
        self
    }

    /// The HTTP status, from 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of a header; `None` if it is missing or not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    #[cfg(feature = "functions")]
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The total number of rows that match the query, if it asked for a count, as with `exact_count()`.
    /// See <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
    pub fn count(&self) -> Option<u64> {
        let range = self.headers.get(CONTENT_RANGE)?.to_str().ok()?;
        range.rsplit_once('/')?.1.parse().ok()
    }

    /// The body as it was received.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body, without a copy.
    #[cfg(feature = "storage")]
    pub(crate) fn into_bytes(self) -> Bytes {
        self.body
    }

    /// The body as text. Bytes that are not UTF-8 are replaced; PostgREST sends UTF-8.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Deserialises the body from JSON. An empty body deserialises to `()`, `None` or an empty list.
    ///
    /// # Errors
    /// [`ClientError::Decode`](crate::ClientError::Decode), which names the table, the row and the field, when the
    /// body does not deserialise to `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.borrowed()
    }

    /// The same as [`json`](Self::json), for a type that borrows from the body.
    pub(crate) fn borrowed<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        Ok(decode(&self.path, &self.body)?)
    }
}

/// Shows neither body nor headers: rows may be private, and a server may echo what it was sent.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
