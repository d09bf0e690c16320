use std::fmt;

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
}

impl ApiError {
    /// Reads the answer's body. A body of another kind (a gateway's page) is kept out of the error.
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let message = ["message", "msg", "error_description", "error"]
            .iter()
            .find_map(|name| text(&body, name));
        Self(Box::new(Parts {
            status,
            code: text(&body, "code").or_else(|| text(&body, "error_code")),
            message: message.unwrap_or_else(|| "the server gave no reason".to_owned()),
            details: text(&body, "details"),
            hint: text(&body, "hint"),
        }))
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// PostgREST's code (`PGRST...`) or PostgreSQL's `SQLSTATE`, if there is one.
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

    /// Whether one row was asked for and there is none (PGRST116, which more than one row is, too).
    #[must_use]
    pub fn is_no_row(&self) -> bool {
        self.code() == Some("PGRST116")
            && self
                .details()
                .is_some_and(|details| details.contains(" 0 rows"))
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

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered {}", self.status())?;
        if let Some(code) = self.code() {
            write!(f, " ({code})")?;
        }
        write!(f, ": {}", self.message())?;
        if let Some(hint) = self.hint() {
            write!(f, "; hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
