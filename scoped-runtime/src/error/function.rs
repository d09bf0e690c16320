use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::response::{ErrorBody, Escaped, header, is_busy, write_answer};

/// An Edge Function, or the relay in front of it, responded with an error status.
///
/// A function chooses its statuses and bodies itself, so the body is kept as it was received:
/// [`body`](Self::body), [`json`](Self::json). [`is_relay`](Self::is_relay) tells an error of the platform,
/// which could not run the function, from an answer of the function. See
/// <https://supabase.com/docs/guides/functions/error-codes>.
///
/// ```
/// use scoped_runtime::Error;
///
/// #[derive(serde::Deserialize)]
/// struct Refused { field: String }
///
/// fn describe(error: &Error) -> String {
///     match error {
///         Error::Function(error) if error.is_relay() => "the function did not run".to_owned(),
///         Error::Function(error) if error.status() == 422 => match error.json::<Refused>() {
///             Some(refused) => format!("`{}` is wrong", refused.field),
///             None => error.to_string(),
///         },
///         error => error.to_string(),
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FunctionError(Box<Parts>);

#[derive(Clone, PartialEq, Eq)]
struct Parts {
    function: String,
    status: u16,
    is_relay: bool,
    is_expired_token: bool,
    code: Option<String>,
    message: String,
    content_type: Option<String>,
    body: Bytes,
}

/// The header by which the relay marks its own errors, with the value `true`.
pub(crate) const RELAY_ERROR: &str = "x-relay-error";

/// How many characters of a message an error keeps. The body has all of it.
const MAX_MESSAGE: usize = 500;

impl FunctionError {
    /// Reads an error response of a function or of the relay.
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| header(headers, name);
        let response = ErrorBody::new(headers, body);
        let platform_code = header("sb-error-code");
        let message = message_of(&response.json)
            .or_else(|| response.plain_text(body, MAX_MESSAGE))
            .unwrap_or_else(|| response.no_message());
        let is_of_gateway = platform_code.is_some_and(|code| code.starts_with("UNAUTHORIZED"));
        Self(Box::new(Parts {
            function: String::new(),
            status,
            is_relay: header(RELAY_ERROR) == Some("true"),
            is_expired_token: status == 401 && is_of_gateway && message.contains("expired"),
            code: code_of(&response.json).or_else(|| platform_code.map(str::to_owned)),
            message: message.chars().take(MAX_MESSAGE).collect(),
            content_type: header(CONTENT_TYPE.as_str()).map(str::to_owned),
            body: Bytes::copy_from_slice(body),
        }))
    }

    /// The same error with the name of the function that was called.
    pub(crate) fn of(mut self, function: &str) -> Self {
        function.clone_into(&mut self.0.function);
        self
    }

    /// The name of the function that was called.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.0.function
    }

    /// The HTTP status. The function chose it, unless the error [is the relay's](Self::is_relay).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The `code` of the body, else the platform's code (header `sb-error-code`), such as `BOOT_ERROR`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The `message` or `error` of the body, or the body itself if it is text; the first 500 characters.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the relay of the platform could not run the function (header `x-relay-error`). Otherwise the
    /// status and the body are the function's own, or the gateway refused the request.
    #[must_use]
    pub fn is_relay(&self) -> bool {
        self.0.is_relay
    }

    /// Whether the status is 404: the project has no such function, or the function says so itself.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == 404
    }

    /// Whether the status is 401 or 403: the gateway did not accept the token, or the function refused the
    /// user.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.status(), 401 | 403)
    }

    /// Whether the same call may succeed later without any change: the relay failed, or the status says that
    /// the server is busy or down (429, 502, 503, 504).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.is_relay() || is_busy(self.status())
    }

    /// Whether the gateway refused the token as expired, before the function ran.
    pub(crate) fn is_expired_token(&self) -> bool {
        self.0.is_expired_token
    }

    /// The `Content-Type` of the body.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type.as_deref()
    }

    /// The body as it was received.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Deserialises the body from JSON; `None` if it does not deserialise to `T`.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body()).ok()
    }
}

/// The message in a body: `{"message": ..}`, `{"error": ..}` or `{"error": {"message": ..}}`.
fn message_of(body: &Value) -> Option<String> {
    let error = body.get("error");
    let nested = error.and_then(|error| error.get("message"));
    let mut places = [body.get("message"), body.get("msg"), nested, error].into_iter();
    places.find_map(|place| place?.as_str().map(str::to_owned))
}

fn code_of(body: &Value) -> Option<String> {
    let nested = body.get("error").and_then(|error| error.get("code"));
    match body.get("code").or(nested)? {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    }
}

/// The message, with control characters and bidirectional marks escaped.
impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let function = Escaped(self.function());
        if self.is_relay() {
            write!(
                f,
                "the relay could not run the function `{function}`: status "
            )?;
        } else {
            write!(f, "the function `{function}` answered ")?;
        }
        write_answer(f, self.status(), self.code(), self.message(), None)
    }
}

/// Does not show the body, which may be private.
impl fmt::Debug for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionError")
            .field("function", &self.function())
            .field("status", &self.status())
            .field("is_relay", &self.is_relay())
            .field("code", &self.code())
            .field("message", &self.message())
            .field("body_bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for FunctionError {}
