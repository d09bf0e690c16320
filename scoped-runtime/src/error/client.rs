use std::sync::Arc;
use std::time::Duration;

/// A request could not be made, or did not come back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The user ID is not usable as a token's subject.
    #[error("`user_id` {reason}; {remedy}")]
    InvalidUserId {
        /// Why.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The actor is not one that a token can name.
    #[error("`actor` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidActor {
        /// Why.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The reason is not one that an audit can keep.
    #[error("`reason` {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidReason {
        /// Why.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The role is not usable for acting as a user.
    #[error("role `{role}` {reason}; {remedy}")]
    InvalidRole {
        /// The role's name.
        role: String,
        /// Why.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A table, function, schema or path could not be put into a request safely.
    #[error("{kind} `{name}` {reason}; {remedy}")]
    InvalidName {
        /// What it names: `table`, `function`, `schema`, `path`, `header`, ...
        kind: &'static str,
        /// The name as it was given.
        name: String,
        /// Why.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A query contradicts itself, or would mean something else on the server than it says here.
    /// Nothing was sent.
    #[error("{what}; {remedy}")]
    #[non_exhaustive]
    InvalidQuery {
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The path and the query of the URL are longer than gateways take. Nothing was sent.
    #[error(
        "the URL has {bytes} bytes, over the limit of {limit} (`max_url_bytes`); send the values in chunks, or call a function with `rpc`: its arguments travel in the body (POST)"
    )]
    #[non_exhaustive]
    UrlTooLong {
        /// The length of path and query, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body could not be turned into JSON, or is none.
    #[error("the request's body is not JSON ({source}); check its `Serialize` implementation")]
    Body {
        /// What the serialiser said.
        source: Arc<serde_json::Error>,
    },
    /// A write touched fewer rows than `expect_rows` said. It has happened.
    #[error(
        "{found} of the {expected} rows expected were written, and stay so; check the filters and the policies"
    )]
    #[non_exhaustive]
    FewerRows {
        /// How many rows were expected.
        expected: usize,
        /// How many rows were written.
        found: u64,
    },
    /// The server's answer does not say how many rows there are, though it was asked. A write has
    /// happened.
    #[error(
        "the server's answer has no row count (`Content-Range`); is a proxy in between removing it?"
    )]
    NoCount,
    /// The query cannot be expressed by a native builder.
    #[error("{what} cannot travel in a native builder; send the query with `execute()`")]
    NotNative {
        /// What cannot be expressed.
        what: &'static str,
    },
    /// There is no process default.
    #[error(
        "no `ScopedClients` is installed; call `ScopedClients::install()` at start-up or name one with `via = ...`"
    )]
    NotInstalled,
    /// There is a process default already.
    #[error("a `ScopedClients` is installed already; install one at start-up, once")]
    AlreadyInstalled,
    /// The client was closed.
    #[error("the client is closed; make a new one if its user may act again")]
    Closed,
    /// A client that only reads was asked for something that may write. Nothing was sent.
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
    /// A blocking client was used in a task of an async runtime, where it would keep others from running.
    #[error(
        "a blocking client cannot wait in an async runtime; use `scoped_runtime::ScopedClient` there, or call this in `spawn_blocking`"
    )]
    InsideRuntime,
    /// A blocking client was used in a destructor of a thread-local value, after tokio's own were gone.
    #[error(
        "a blocking client cannot wait while its thread ends; use it before, not in a destructor of a thread-local value"
    )]
    ThreadEnds,
    /// The request did not end in time.
    #[error("no answer within {after:?}: the time passed while {phase}; {}", phase.remedy())]
    Timeout {
        /// The time that was waited.
        after: Duration,
        /// What was waited for when the time had passed.
        phase: Phase,
    },
    /// The server sent more than the limits of the configuration allow.
    #[error("{what} has more than {limit} bytes; ask for less, or raise `Limits::{setting}`")]
    LimitExceeded {
        /// What is too large: `the answer`, `the body of an error (500)`, ...
        what: String,
        /// The limit in bytes.
        limit: usize,
        /// The method of [`Limits`](crate::Limits) that raises it.
        setting: &'static str,
    },
    /// The request was made outside of a tokio runtime, which drives the connections.
    #[error("there is no tokio runtime here; run this in one, or use `scoped_runtime::blocking`")]
    NoRuntime,
    /// The body of a request, or a stream of one, could not be read.
    #[error("the request's body could not be read to its end; nothing is sent again")]
    Upload {
        /// What the body's source said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The connection could not be made or was lost.
    #[error("the request to {origin} failed; check `SUPABASE_URL` and the network")]
    Transport {
        /// Scheme, host and port of the server.
        origin: String,
        /// What the HTTP client said, without the URL.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server answered with a redirect, which is never followed: it would carry the token away.
    #[error("the server redirects ({status}) to {to}; set `SUPABASE_URL` to the final address")]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Scheme, host and port of the target, or `another path`.
        to: String,
    },
    /// A web page came in the place of PostgREST's answer. The URL leads to something else.
    #[error(
        "{origin} answered with a web page (HTML), not as PostgREST does; does `SUPABASE_URL` lead to the project's API, with the path that stands in front of it"
    )]
    #[non_exhaustive]
    WebPage {
        /// Scheme, host and port of the server.
        origin: String,
    },
    /// The answer is not what was asked for.
    #[error(
        "the answer of {subject} does not fit the type that was asked for{place}: {cause}; compare it with the columns selected"
    )]
    #[non_exhaustive]
    Decode {
        /// What was asked: a table, a function, a path.
        subject: String,
        /// Where in the answer: the row, counted from 1, and the path of the field.
        place: String,
        /// What does not fit there, without the value.
        cause: String,
        /// What the deserialiser said; its text may hold the value.
        source: serde_json::Error,
    },
}

/// The part of a request that took the time; see [`ClientError::Timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// A token was signed or recorded elsewhere.
    Token,
    /// A connection was made: the server's name was looked up, or the TCP or TLS handshake took place.
    Connect,
    /// All connections were in use, or one was being made.
    Connection,
    /// The request was sent, and the head of the answer had not come.
    Answer,
    /// The answer's body was read.
    Body,
    /// The next try of a request that had failed was waited for.
    Retry,
}

impl Phase {
    fn remedy(self) -> &'static str {
        match self {
            Self::Token => "is the signer or the audit slow? see `signer_timeout`",
            Self::Connect | Self::Connection => {
                "is the server up, and `SUPABASE_URL` right? see `connect_timeout`"
            }
            Self::Answer | Self::Retry => "is the server up? raise `request_timeout` if it is slow",
            Self::Body => "ask for less, or raise `request_timeout` or `body_idle_timeout`",
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token => "waiting for a token",
            Self::Connect => "connecting",
            Self::Connection => "waiting for a connection",
            Self::Answer => "waiting for the answer's head",
            Self::Body => "reading the answer's body",
            Self::Retry => "waiting to try again",
        })
    }
}

impl ClientError {
    /// Whether the same request may succeed later: a timeout or a lost connection.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Transport { .. })
    }
}

/// For conversions that cannot fail.
impl From<std::convert::Infallible> for ClientError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}
