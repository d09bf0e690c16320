use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_RANGE;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::decode::decode;
use crate::error::Error;

/// A successful answer, read to its end.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    /// The path that was asked, for errors.
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

    /// Remembers what was asked: the path, and perhaps a query, below the project's URL.
    pub(super) fn to(mut self, target: &str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        path.clone_into(&mut self.path);
        self
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

    /// The body as a value. No body is `()`, `None` or an empty list.
    ///
    /// # Errors
    /// [`ClientError::Decode`](crate::ClientError::Decode) when it does not fit: it names the table, the
    /// row and the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.borrowed()
    }

    /// [`json`](Self::json) of a type that borrows from the body.
    pub(crate) fn borrowed<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        Ok(decode(&self.path, &self.body)?)
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
