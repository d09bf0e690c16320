use std::fmt;
use std::time::SystemTime;

use http::HeaderMap;
use http::header::{CONTENT_RANGE, DATE, WWW_AUTHENTICATE};
use serde_json::Value;

use super::response::{ErrorBody, KEY_HINT, header, is_busy, write_answer};

/// An error response of the server, with PostgREST's `code`, `message`, `details` and `hint`.
///
/// Other services' errors are read in the same way. See
/// <https://docs.postgrest.org/en/stable/references/errors.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    status: u16,
    code: Option<String>,
    message: String,
    details: Option<String>,
    hint: Option<String>,
    total: Option<u64>,
    date: Option<SystemTime>,
}

impl ApiError {
    /// Reads an error response. A body that is not JSON, such as a gateway's web page, is left out. A response
    /// without a body, as to HEAD, has its code in `Proxy-Status` (RFC 9209) and its message in
    /// `WWW-Authenticate` (RFC 6750, section 3).
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| header(headers, name);
        let response = ErrorBody::new(headers, body);
        let body = &response.json;
        let message = ["message", "msg", "error_description", "error"]
            .iter()
            .find_map(|name| text(body, name))
            .or_else(|| parameter(header(WWW_AUTHENTICATE.as_str())?, "error_description"));
        // Auth sends `error_code` beside a `code` that only repeats the status.
        let code = text(body, "error_code")
            .or_else(|| text(body, "code"))
            // Old versions of Storage have no codes; `error` names the condition there.
            .or_else(|| body.get("statusCode").and_then(|_| text(body, "error")))
            .or_else(|| parameter(header("proxy-status")?, "error"));
        let hint = text(body, "hint").or_else(|| {
            let message = message.as_deref().unwrap_or_default();
            let role = code.as_deref().and_then(|code| role_hint(code, message));
            let key = || key_hint(status, code.as_deref(), message);
            let hint = role.or_else(key).or(response.page_hint(status))?;
            Some(hint.to_owned())
        });
        let total =
            header(CONTENT_RANGE.as_str()).and_then(|range| range.rsplit_once('/')?.1.parse().ok());
        Self(Box::new(Parts {
            status,
            code,
            details: text(body, "details"),
            message: message.unwrap_or_else(|| response.no_message()),
            date: header(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()),
            hint,
            total,
        }))
    }

    /// The error that PostgREST returns when one row is requested and more match.
    pub(crate) fn more_than_one_row() -> Self {
        Self(Box::new(Parts {
            status: 406,
            code: Some("PGRST116".to_owned()),
            message: "more than one row was found where one was requested".to_owned(),
            details: Some("The result contains 2 rows or more".to_owned()),
            hint: None,
            total: None,
            date: None,
        }))
    }

    /// The same error with this hint, if the server gave none.
    pub(crate) fn or_hint(mut self, hint: &str) -> Self {
        self.0.hint.get_or_insert_with(|| hint.to_owned());
        self
    }

    /// The total number of rows, if the response has a count.
    pub(crate) fn total(&self) -> Option<u64> {
        self.0.total
    }

    /// The time of the server's clock (`Date`, RFC 9110, section 6.6.1), if the response has it.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        self.0.date
    }

    /// The HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// PostgREST's error code (`PGRST...`), PostgreSQL's `SQLSTATE`, or the code of another service (Storage's
    /// `NoSuchKey`), if the response has one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Further details, if the server sent any.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }

    /// A hint on what to do: the server's, or one of this library for common mistakes.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether the server refused the token as expired: status 401 with PGRST303, or PGRST301 before PostgREST 13.
    #[must_use]
    pub fn is_expired_token(&self) -> bool {
        self.status() == 401
            && matches!(self.code(), Some("PGRST301" | "PGRST303"))
            && self.message().to_ascii_lowercase().contains("expired")
    }

    /// Whether the same request may succeed later: the server limits requests, or is busy or down.
    pub(super) fn is_transient(&self) -> bool {
        is_busy(self.status())
    }

    /// Whether one row was requested and none matched (PGRST116). More than one row has the same code and
    /// differs in the details; if the server is configured to send no details, this returns `true` in both cases.
    #[must_use]
    pub fn is_no_row(&self) -> bool {
        self.code() == Some("PGRST116")
            && self
                .details()
                .is_none_or(|details| details.contains(" 0 rows"))
    }

    /// Whether a Row Level Security policy refused the row (SQLSTATE 42501). Returns `false` for a missing `GRANT`,
    /// which has the same code.
    #[must_use]
    pub fn is_rls_denied(&self) -> bool {
        self.code() == Some("42501") && self.message().contains("row-level security")
    }
}

fn text(body: &Value, name: &str) -> Option<String> {
    match body.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A parameter of a header such as `PostgREST; error=PGRST303`, with or without quotes.
fn parameter(header: &str, name: &str) -> Option<String> {
    let (_, after) = header.split_once(&format!("{name}="))?;
    let value = match after.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => after.split([';', ',', ' ']).next()?,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// The hint for a token whose signature the server does not accept. `PostgREST` sends PGRST301 (before version
/// 13 also for an expired token), Auth sends `bad_jwt`, and Storage only a message.
fn key_hint(status: u16, code: Option<&str>, message: &str) -> Option<&'static str> {
    let message = message.to_ascii_lowercase();
    let is_key = match code {
        Some("PGRST301") => !message.contains("expired"),
        Some("bad_jwt") => true,
        _ => {
            let is_of_signature = message.contains("signature") || message.contains("jws");
            is_of_signature && !message.contains("expired")
        }
    };
    (matches!(status, 400 | 401 | 403) && is_key).then_some(KEY_HINT)
}

/// The hint for a role that the database does not have or that `authenticator` may not take.
fn role_hint(code: &str, message: &str) -> Option<&'static str> {
    match code {
        "22023" if message.contains("role") => {
            Some("the database has no such role: create it, and grant it to `authenticator`")
        }
        "42501" if message.contains("permission denied to set role") => {
            Some("`authenticator` may not take this role: grant it to `authenticator`")
        }
        _ => None,
    }
}

/// The server's message, with control characters and bidirectional marks escaped.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server answered ")?;
        write_answer(f, self.status(), self.code(), self.message(), self.hint())
    }
}

impl std::error::Error for ApiError {}
