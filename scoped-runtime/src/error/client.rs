use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use super::Phase;

/// A request could not be sent, or its response could not be received.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The user ID cannot be the subject of a token.
    #[error("`user_id` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidUserId {
        /// Why the value is refused.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The actor cannot be named in a token.
    #[error("`actor` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidActor {
        /// Why the value is refused.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The reason cannot be recorded in the audit.
    #[error("`reason` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidReason {
        /// Why the value is refused.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The role cannot be used to act as a user.
    #[error("role `{role}` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidRole {
        /// The role's name.
        role: String,
        /// Why the value is refused.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The name of a table, function, schema, path or header cannot be part of a request.
    #[error("{kind} `{name}` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidName {
        /// What the name is of: `table`, `function`, `schema`, `path`, `header`, ...
        kind: &'static str,
        /// The name as it was given.
        name: String,
        /// Why the value is refused.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A query contradicts itself, or the server would understand it differently. Nothing was sent.
    #[error("{what}; {remedy}")]
    #[non_exhaustive]
    InvalidQuery {
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The path and query of the URL are longer than
    /// [`max_url_bytes`](crate::ConfigBuilder::max_url_bytes). Nothing was sent.
    #[error(
        "the URL has {bytes} bytes, over the limit of {limit} (`max_url_bytes`); send the values in chunks, or call a function with `rpc`: its arguments travel in the body (POST)"
    )]
    #[non_exhaustive]
    UrlTooLong {
        /// The length of the path and query, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body of the request could not be serialised to JSON.
    #[error("the request's body is not JSON ({source}); check its `Serialize` implementation")]
    #[non_exhaustive]
    Body {
        /// The error of the serialiser.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A write changed fewer rows than [`expect_rows`](crate::Query::expect_rows) requires. The write is not
    /// undone.
    #[error(
        "{found} of the {expected} expected rows were written, and this is not undone; check the filters and the policies"
    )]
    #[non_exhaustive]
    FewerRows {
        /// How many rows were expected.
        expected: usize,
        /// How many rows were written.
        found: u64,
    },
    /// A count was requested, and the response does not have one. If the request was a write, it was carried out.
    #[error("the response has no row count (`Content-Range`); does a proxy remove the header?")]
    NoCount,
    /// The query cannot be expressed with a `postgrest::Builder`.
    #[error(
        "{what} cannot be expressed with a `postgrest::Builder`; send the query with `execute()`"
    )]
    #[non_exhaustive]
    NotNative {
        /// What cannot be expressed.
        what: &'static str,
    },
    /// No process default is installed ([`ScopedClients::install`](crate::ScopedClients::install)).
    #[error(
        "no `ScopedClients` is installed; call `ScopedClients::install()` at start-up or name one with `via = ...`"
    )]
    NotInstalled,
    /// A process default is installed already.
    #[error("a `ScopedClients` is installed already; install one at start-up, once")]
    AlreadyInstalled,
    /// The client was closed: with `close`, by closing the client that it was narrowed from, or with `close_user`.
    #[error("the client is closed; make a new one if its user may act again")]
    Closed,
    /// A read-only client was asked for a request that may write. Nothing was sent.
    #[error(
        "the client of user `{user_id}` is read-only, and {what} may write; use a client that was made without `read_only()`, or call a function with `rpc`, which goes by GET here"
    )]
    #[non_exhaustive]
    ReadOnly {
        /// The user of the client.
        user_id: String,
        /// What was asked for, and its HTTP method: `an insert (POST)`.
        what: String,
    },
    /// An anonymous client was asked for a token, and has none.
    #[error("an anonymous client has no token; make a client for a user, with `get` or `user`")]
    Anonymous,
    /// A blocking client was used in an async task, where it would block the other tasks of the thread.
    #[error(
        "a blocking client cannot wait in an async runtime; use `scoped_runtime::ScopedClient` there, or call this in `spawn_blocking`"
    )]
    InsideRuntime,
    /// A blocking client was used while its thread exits, in the destructor of a thread-local value.
    #[error(
        "a blocking client cannot wait while its thread exits; use it before, not in the destructor of a thread-local value"
    )]
    ThreadExiting,
    /// The request did not end within its timeout.
    #[error("no response within {after:?}: the time passed while {phase}; {}", phase.remedy())]
    #[non_exhaustive]
    Timeout {
        /// The timeout.
        after: Duration,
        /// The part of the request during which the time passed.
        phase: Phase,
    },
    /// The server sent more than [`Limits`](crate::Limits) allow. The connection is closed.
    #[error("{what} has more than {limit} bytes; request less data, or raise `Limits::{setting}`")]
    #[non_exhaustive]
    LimitExceeded {
        /// What is too large: `the response`, `the body of an error response (500)`, ...
        what: String,
        /// The limit in bytes.
        limit: usize,
        /// The method of [`Limits`](crate::Limits) that sets the limit.
        setting: &'static str,
    },
    /// The request was sent outside of a tokio runtime, which drives the connections.
    #[error(
        "there is no tokio runtime here; send the request in one, or use `scoped_runtime::blocking`"
    )]
    NoRuntime,
    /// The streamed body of a request could not be read to its end.
    #[error("the body of the request could not be read to its end; the request is not retried")]
    #[non_exhaustive]
    Upload {
        /// The error of the body's stream.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A download could not be written to its target. Part of it may be written.
    #[cfg(feature = "storage")]
    #[error("the download could not be written; check the file or the writer that takes it")]
    #[non_exhaustive]
    Write {
        /// The error of the writer.
        source: std::io::Error,
    },
    /// The response contradicts the protocol of the service, so that nothing can be concluded from it.
    #[cfg(feature = "storage")]
    #[error("the response of {subject} {reason}; does a proxy change it")]
    #[non_exhaustive]
    UnexpectedResponse {
        /// What was requested.
        subject: &'static str,
        /// What is wrong with the response.
        reason: String,
    },
    /// The response is of another type than the one that was asked for.
    #[error(
        "the response of {subject} is `{found}`, expected `{expected}`; read it with `stream`, or correct the server"
    )]
    #[non_exhaustive]
    ContentType {
        /// What was requested.
        subject: String,
        /// The type of the response.
        found: String,
        /// The expected type.
        expected: &'static str,
    },
    /// Auth answered with another user than the client's. The answer was dropped.
    #[error(
        "Auth answered with another user than the one of the token; does a proxy cache responses"
    )]
    AnotherUser,
    /// A connection could not be made, or was lost.
    #[error("the request to {origin} failed; check `SUPABASE_URL` and the network")]
    #[non_exhaustive]
    Transport {
        /// Scheme, host and port of the server.
        origin: String,
        /// The error of the HTTP client, without the URL.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server responded with a redirect, which is never followed: the token would be sent to another address.
    #[error("the server redirects ({status}) to {to}; set `SUPABASE_URL` to the final address")]
    #[non_exhaustive]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Scheme, host and port of the target, or `another path` of the same server.
        to: String,
    },
    /// The server responded with a web page instead of PostgREST's JSON: the URL leads to something else.
    #[error(
        "{origin} answered with a web page (HTML), not as PostgREST does; does `SUPABASE_URL` lead to the project's API, with the path that stands in front of it"
    )]
    #[non_exhaustive]
    WebPage {
        /// Scheme, host and port of the server.
        origin: String,
    },
    /// The body of the response does not deserialise to the requested type.
    #[error(
        "the response of {subject} does not fit the requested type{place}: {cause}; compare the type with the selected columns"
    )]
    #[non_exhaustive]
    Decode {
        /// What was requested: a table, a function or a path.
        subject: String,
        /// The place in the response: the row, counted from 1, and the path of the field.
        place: String,
        /// What does not fit, without the value.
        cause: String,
        /// The error of the deserialiser. Its text may contain the value, which may be private.
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl ClientError {
    /// Whether the same request may succeed later: after a timeout or a lost connection.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Transport { .. })
    }
}

/// Lets a conversion that cannot fail be used where one that may fail is expected.
impl From<std::convert::Infallible> for ClientError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}
