use std::fmt;

use http::HeaderMap;
use serde_json::Value;

use super::response::{ErrorBody, KEY_HINT, is_busy, write_answer};

/// An error response of Supabase Storage.
///
/// Storage answers most refusals with HTTP status 400 and says in the body what it means, so decide by
/// [`code`](Self::code) or by the methods of this type. See
/// <https://supabase.com/docs/guides/storage/debugging/error-codes>.
///
/// ```
/// use scoped_runtime::Error;
///
/// fn describe(error: &Error) -> &'static str {
///     match error {
///         Error::Storage(error) if error.is_not_found() => "no such object, or not the user's",
///         Error::Storage(error) if error.already_exists() => "the name is taken",
///         Error::Storage(error) if error.is_denied() => "a policy refused it",
///         _ => "something else",
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageError(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    http_status: u16,
    /// The `statusCode` of the body.
    status: Option<u16>,
    code: Option<String>,
    message: String,
    /// The hint for a body that is a web page.
    page_hint: Option<&'static str>,
}

/// How many characters of a message that is plain text an error keeps.
const MAX_TEXT: usize = 500;

impl StorageError {
    /// Reads an error response: JSON, or the plain text of the resumable protocol.
    pub(crate) fn new(http_status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let response = ErrorBody::new(headers, body);
        let json = &response.json;
        let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        // A string, except in the errors of the framework: a number.
        let status = json.get("statusCode").and_then(|status| match status {
            Value::String(digits) => digits.parse().ok(),
            other => other.as_u64().and_then(|number| u16::try_from(number).ok()),
        });
        let has_code = status.is_some() && json.get("code").is_none();
        let code = text("code")
            // Old versions have no codes; `error` names the condition there.
            .or_else(|| has_code.then(|| text("error")).flatten());
        let message = text("message")
            .or_else(|| text("error"))
            .or_else(|| response.plain_text(body, MAX_TEXT))
            .unwrap_or_else(|| response.no_message());
        Self(Box::new(Parts {
            http_status,
            status: status.filter(|status| (400..600).contains(status)),
            code,
            message,
            page_hint: response.page_hint(http_status),
        }))
    }

    /// The status that the error means: `statusCode` of the body, or the HTTP status if the body has none.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status.unwrap_or(self.0.http_status)
    }

    /// The HTTP status of the response, which is 400 for most errors of the 4xx class.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        self.0.http_status
    }

    /// The code of the error, such as `NoSuchKey` or `AccessDenied`; `None` for the plain text errors of
    /// resumable uploads and for responses without a body.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the object, the bucket or the upload does not exist, or the user may not read it: Storage gives
    /// the same answer to both.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self.code() {
            Some("NoSuchKey" | "NoSuchBucket" | "NoSuchUpload" | "not_found") => true,
            _ => self.status() == 404,
        }
    }

    /// Whether a policy refused the request. An expired or invalid token, which has the same code, is not
    /// meant: see [`is_expired_token`](Self::is_expired_token) and [`is_invalid_token`](Self::is_invalid_token).
    #[must_use]
    pub fn is_denied(&self) -> bool {
        let is_denied = match self.code() {
            Some("AccessDenied" | "Unauthorized") => true,
            _ => self.status() == 403,
        };
        is_denied && !self.is_expired_token() && !self.is_invalid_token()
    }

    /// Whether the server refused the token as expired.
    #[must_use]
    pub fn is_expired_token(&self) -> bool {
        let message = self.message();
        match self.code() {
            Some("AccessDenied" | "Unauthorized") => message.contains(r#""exp" claim"#),
            // The same code with status 400 is for a signed URL that has expired.
            Some("InvalidJWT") => self.status() == 401 && message.contains("expired"),
            _ => false,
        }
    }

    /// Whether the server refused the token for another reason than its expiry: a signature by a key that the
    /// project does not trust, or a malformed token.
    #[must_use]
    pub fn is_invalid_token(&self) -> bool {
        let message = self.message();
        let is_refused = matches!(self.code(), Some("AccessDenied" | "Unauthorized"));
        is_refused
            && [
                "signature verification failed",
                "Compact JWS",
                "CryptoKey",
                r#""nbf" claim"#,
            ]
            .iter()
            .any(|part| message.contains(part))
    }

    /// Whether an object or a bucket of this name exists already.
    #[must_use]
    pub fn already_exists(&self) -> bool {
        match self.code() {
            Some(
                "KeyAlreadyExists" | "ResourceAlreadyExists" | "BucketAlreadyExists" | "Duplicate",
            ) => true,
            Some("ResourceNotEmpty") => false,
            _ => self.status() == 409,
        }
    }

    /// Whether the object is larger than the bucket or the project allows.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.code() == Some("EntityTooLarge") || self.status() == 413
    }

    /// Whether the bucket does not allow the content type.
    #[must_use]
    pub fn is_wrong_type(&self) -> bool {
        self.code() == Some("InvalidMimeType") || self.status() == 415
    }

    /// Whether the object is still the one that the request named by `if_none_match` or `if_modified_since`
    /// (HTTP status 304): nothing was downloaded.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.http_status() == 304
    }

    /// Whether the same request may succeed later without any change: the database or the server is busy.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.code(),
            Some("LockTimeout" | "ResourceLocked" | "DatabaseTimeout" | "SlowDown")
        ) || is_busy(self.status())
            || matches!(self.status(), 423 | 544)
            || (self.status() == 500 && self.code() != Some("DatabaseError"))
    }
}

/// The server's message, with control characters and bidirectional marks escaped.
impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("storage answered ")?;
        let hint = if self.is_invalid_token() {
            Some(KEY_HINT)
        } else {
            self.0.page_hint
        };
        write_answer(f, self.status(), self.code(), self.message(), hint)
    }
}

impl std::error::Error for StorageError {}
