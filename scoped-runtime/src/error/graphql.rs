use std::fmt;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::ApiError;
use super::response::{Escaped, NO_REASON, is_busy, write_answer};

/// GraphQL responded with errors, or did not execute the operation.
///
/// GraphQL reports errors in the body, usually with HTTP status 200; see
/// <https://spec.graphql.org/October2021/#sec-Errors>. [`errors`](Self::errors) has them, each with its path
/// in the data and its extensions. It is empty if the request did not get as far as GraphQL: then
/// [`message`](Self::message) and [`code`](Self::code) are those of the HTTP response.
///
/// ```
/// use scoped_runtime::Error;
///
/// fn describe(error: &Error) -> String {
///     let Error::Graphql(error) = error else { return error.to_string() };
///     let places = error.errors().iter().map(|error| error.path().join("."));
///     format!("{} at {}", error.message(), places.collect::<Vec<_>>().join(", "))
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GraphqlError(Box<Parts>);

#[derive(Debug, Clone, PartialEq)]
struct Parts {
    status: u16,
    errors: Vec<GraphqlErrorEntry>,
    /// The error of the HTTP response, if its status is not 2xx.
    http: Option<ApiError>,
    /// What is wrong with the list of errors, if it cannot be read.
    unreadable: Option<&'static str>,
}

/// One error in a GraphQL response.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphqlErrorEntry {
    message: String,
    path: Vec<String>,
    locations: Vec<GraphqlLocation>,
    extensions: Map<String, Value>,
}

/// A place in a GraphQL document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct GraphqlLocation {
    /// The line, counted from 1.
    pub line: u64,
    /// The column, counted from 1.
    pub column: u64,
}

/// The longest list of errors that is read, in bytes of JSON.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// How many errors of a list are kept.
const MAX_ERRORS: usize = 100;

impl GraphqlError {
    /// Reads the response of a request that failed as HTTP.
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let errors = serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|body| body.get("errors").map(entries));
        Self(Box::new(Parts {
            status,
            errors: errors.unwrap_or_default(),
            http: Some(ApiError::new(status, headers, body)),
            unreadable: None,
        }))
    }

    /// Reads the list of errors of a response that succeeded as HTTP; `None` if it has no error.
    pub(crate) fn of_list(status: u16, json: &str) -> Option<Self> {
        let list = if json.len() > MAX_ERROR_BYTES {
            Err("the list of errors has more than 65536 bytes")
        } else {
            match serde_json::from_str::<Value>(json) {
                Ok(Value::Null) => return None,
                Ok(Value::Array(list)) if list.is_empty() => return None,
                Ok(list @ Value::Array(_)) => Ok(entries(&list)),
                _ => Err("`errors` is not a list"),
            }
        };
        let unreadable = list.as_ref().err().copied();
        Some(Self(Box::new(Parts {
            status,
            errors: list.unwrap_or_default(),
            http: None,
            unreadable,
        })))
    }

    /// The errors of the response, at most 100.
    #[must_use]
    pub fn errors(&self) -> &[GraphqlErrorEntry] {
        &self.0.errors
    }

    pub(crate) fn into_errors(self) -> Vec<GraphqlErrorEntry> {
        self.0.errors
    }

    /// Whether the list of errors could be read.
    pub(crate) fn is_readable(&self) -> bool {
        self.0.unreadable.is_none()
    }

    /// The HTTP status: 200 for most errors.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The code of the first error that has one ([`GraphqlErrorEntry::code`]), else that of the HTTP response.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        let mut codes = self.0.errors.iter().filter_map(GraphqlErrorEntry::code);
        let of_http = || self.0.http.as_ref().and_then(ApiError::code);
        codes.next().or_else(of_http)
    }

    /// The message of the first error, else that of the HTTP response.
    #[must_use]
    pub fn message(&self) -> &str {
        match (self.0.errors.first(), &self.0.http, self.0.unreadable) {
            (Some(first), _, _) => &first.message,
            (None, Some(http), _) => http.message(),
            (None, None, unreadable) => unreadable.unwrap_or(NO_REASON),
        }
    }

    /// Whether the project has no GraphQL endpoint: HTTP status 404. A row that is not there is no error in
    /// GraphQL, but `null` or an empty list.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == 404
    }

    /// Whether a policy or a missing grant refused the operation (SQLSTATE 42501), or the server refused the
    /// token or the user.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        let is_status = matches!(self.status(), 401 | 403);
        is_status || self.0.errors.iter().any(GraphqlErrorEntry::is_denied)
    }

    /// Whether the same request may succeed later without any change: the server is busy or down, or the
    /// database ended the transaction to serve another one.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        is_busy(self.status()) || matches!(self.code(), Some("40001" | "40P01"))
    }

    /// Whether the server refused the token as expired.
    #[must_use]
    pub fn is_expired_token(&self) -> bool {
        let http = self.0.http.as_ref();
        http.is_some_and(ApiError::is_expired_token)
    }
}

impl GraphqlErrorEntry {
    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The path of the field in the data that could not be resolved: names of fields, and indexes in lists
    /// counted from 0. Empty if the error is of the whole document.
    #[must_use]
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// The places in the document that the error is about.
    #[must_use]
    pub fn locations(&self) -> &[GraphqlLocation] {
        &self.locations
    }

    /// What the server says beyond the standard.
    #[must_use]
    pub fn extensions(&self) -> &Map<String, Value> {
        &self.extensions
    }

    /// The member `code` of the extensions, if it is text.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.extensions.get("code")?.as_str()
    }

    fn is_denied(&self) -> bool {
        // `pg_graphql` passes PostgreSQL's message on, without the code.
        matches!(
            self.code(),
            Some("42501" | "FORBIDDEN" | "UNAUTHENTICATED" | "UNAUTHORIZED")
        ) || self.message.starts_with("permission denied for ")
            || self
                .message
                .starts_with("new row violates row-level security policy")
    }

    fn of(error: &Value) -> Self {
        let list = |name: &str| error.get(name).and_then(Value::as_array);
        let path = list("path").into_iter().flatten().map(|step| match step {
            Value::String(name) => name.clone(),
            index => index.to_string(),
        });
        let locations = list("locations").into_iter().flatten();
        let locations = locations.filter_map(|place| {
            Some(GraphqlLocation {
                line: place.get("line")?.as_u64()?,
                column: place.get("column")?.as_u64()?,
            })
        });
        let extensions = error.get("extensions").and_then(Value::as_object);
        let message = error.get("message").unwrap_or(error);
        Self {
            message: message
                .as_str()
                .map_or_else(|| message.to_string(), str::to_owned),
            path: path.collect(),
            locations: locations.collect(),
            extensions: extensions.cloned().unwrap_or_default(),
        }
    }
}

fn entries(list: &Value) -> Vec<GraphqlErrorEntry> {
    let list = list.as_array().into_iter().flatten().take(MAX_ERRORS);
    list.map(GraphqlErrorEntry::of).collect()
}

/// The message and the path, with control characters and bidirectional marks escaped.
impl fmt::Display for GraphqlErrorEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Escaped(&self.message))?;
        if !self.path.is_empty() {
            write!(f, " (at `{}`)", Escaped(&self.path.join(".")))?;
        }
        Ok(())
    }
}

impl fmt::Display for GraphqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("graphql answered ")?;
        match (self.errors(), &self.0.http) {
            ([first, rest @ ..], _) => {
                write!(f, "with an error: {first}")?;
                if !rest.is_empty() {
                    write!(f, "; and {} more", rest.len())?;
                }
                Ok(())
            }
            ([], Some(http)) => {
                let enable = Some("enable the extension `pg_graphql`");
                let hint = if self.is_not_found() {
                    enable
                } else {
                    http.hint()
                };
                write_answer(f, http.status(), http.code(), http.message(), hint)
            }
            ([], None) => write!(f, "with an error: {}", self.message()),
        }
    }
}

impl std::error::Error for GraphqlError {}
