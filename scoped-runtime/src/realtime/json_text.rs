use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::transport::decode;

/// A value as JSON, as the server sent it: numbers keep all their digits.
///
/// `Debug` shows only its size: rows and messages may be private.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonText(Bytes);

impl JsonText {
    /// `text` is JSON in UTF-8.
    pub(super) fn new(text: Bytes) -> Self {
        Self(text)
    }

    pub(super) fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("null")
    }

    /// Reads the value.
    ///
    /// # Errors
    /// [`ClientError::Decode`](crate::ClientError::Decode) when the value does not fit the type. Its text does not
    /// show the value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Ok(decode("realtime/v1/websocket", &self.0)?)
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonText({} bytes)", self.0.len())
    }
}
