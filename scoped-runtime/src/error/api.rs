use std::fmt;
use std::time::SystemTime;

use http::HeaderMap;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, DATE, WWW_AUTHENTICATE};
use serde_json::Value;

/// An error that the server answered with: PostgREST's `code`, `message`, `details` and `hint`.
///
/// See <https://docs.postgrest.org/en/stable/references/errors.html>.
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

/// What a web page in the place of an answer says of the configuration.
const PAGE_HINT: &str =
    "does `SUPABASE_URL` lead to the project's API, with the path that stands in front of it";

/// Whether a `Content-Type` is that of a web page.
pub(crate) fn is_html(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|html| kind.eq_ignore_ascii_case(html))
}

impl ApiError {
    /// Reads the answer. A body of another kind (a gateway's page) is kept out of the error. An answer
    /// without a body, as to HEAD, has its code in `Proxy-Status` (RFC 9209) and its reason in
    /// `WWW-Authenticate` (RFC 6750, section 3).
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let is_page = header(CONTENT_TYPE.as_str()).is_some_and(is_html);
        let message = ["message", "msg", "error_description", "error"]
            .iter()
            .find_map(|name| text(&body, name))
            .or_else(|| parameter(header(WWW_AUTHENTICATE.as_str())?, "error_description"));
        let code = text(&body, "code")
            .or_else(|| text(&body, "error_code"))
            // Storage, before it had codes.
            .or_else(|| body.get("statusCode").and_then(|_| text(&body, "error")))
            .or_else(|| parameter(header("proxy-status")?, "error"));
        let hint = text(&body, "hint").or_else(|| {
            let message = message.as_deref().unwrap_or_default();
            let role = code.as_deref().and_then(|code| role_hint(code, message));
            let key = || key_hint(status, code.as_deref(), message);
            let hint = role
                .or_else(key)
                .or((is_page && status < 500).then_some(PAGE_HINT))?;
            Some(hint.to_owned())
        });
        let total =
            header(CONTENT_RANGE.as_str()).and_then(|range| range.rsplit_once('/')?.1.parse().ok());
        Self(Box::new(Parts {
            status,
            code,
            message: message.unwrap_or_else(|| {
                let none = if is_page {
                    "a web page (HTML)"
                } else {
                    "the server gave no reason"
                };
                none.to_owned()
            }),
            date: header(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()),
            details: text(&body, "details"),
            hint,
            total,
        }))
    }

    /// What PostgREST answers when one row is asked for and there are more.
    pub(crate) fn more_than_one_row() -> Self {
        Self(Box::new(Parts {
            status: 406,
            code: Some("PGRST116".to_owned()),
            message: "more than one row was found where one was asked for".to_owned(),
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

    /// How many rows there are in all, if the answer says so.
    pub(crate) fn total(&self) -> Option<u64> {
        self.0.total
    }

    /// The server's clock (`Date`, RFC 9110, section 6.6.1), if the answer says it.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        self.0.date
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// PostgREST's code (`PGRST...`), PostgreSQL's `SQLSTATE`, or the code of another service (Storage's
    /// `NoSuchKey`), if there is one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What went wrong, in the server's words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// More about it, if the server says more.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }

    /// What to do, if the server says so.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether the token was past its end: 401 with PGRST303, or PGRST301 before PostgREST 13.
    #[must_use]
    pub fn is_expired_token(&self) -> bool {
        self.status() == 401
            && matches!(self.code(), Some("PGRST301" | "PGRST303"))
            && self.message().to_ascii_lowercase().contains("expired")
    }

    /// Whether one row was asked for and there is none: PGRST116, whose details say so. More than one
    /// row has the same code. A server may be set to give no details; then this is true for both.
    #[must_use]
    pub fn is_no_row(&self) -> bool {
        self.code() == Some("PGRST116")
            && self
                .details()
                .is_none_or(|details| details.contains(" 0 rows"))
    }

    /// Whether a Row Level Security policy refused the row (SQLSTATE 42501).
    /// A missing `GRANT` has the same code and is not meant.
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

/// What to do about a token whose signature is not believed: `PostgREST` says PGRST301 (and also, before
/// version 13, of a token that has expired), Auth `bad_jwt`, and Storage a sentence.
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
    (matches!(status, 400 | 401 | 403) && is_key).then_some(
        "the server does not trust the key that signed the token: compare `SUPABASE_JWT_SECRET`, or the \
         signing key, with the project's JWT settings; `check_keys` tells of a signing key",
    )
}

/// What to do about a role that the database does not know or give.
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

/// The server's words, with control characters and marks of direction escaped: they could forge a line
/// of a log.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered {}", self.status())?;
        if let Some(code) = self.code() {
            write!(f, " ({})", Escaped(code))?;
        }
        write!(f, ": {}", Escaped(self.message()))?;
        if let Some(hint) = self.hint() {
            write!(f, "; hint: {}", Escaped(hint))?;
        }
        Ok(())
    }
}

/// Text of others, in which no control character and no mark of direction is left as it is.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.chars().try_for_each(|letter| {
            let is_mark = matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if letter.is_control() || is_mark {
                write!(f, "{}", letter.escape_default())
            } else {
                f.write_char(letter)
            }
        })
    }
}

impl std::error::Error for ApiError {}
