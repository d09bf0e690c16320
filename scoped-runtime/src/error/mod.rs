//! The errors of the crate: one type for each layer, and [`Error`] over all of them.

mod api;
mod auth;
mod caller;
mod client;
mod configuration;
#[cfg(feature = "postgres")]
mod database;
#[cfg(feature = "functions")]
mod function;
#[cfg(feature = "graphql")]
mod graphql;
mod phase;
#[cfg(feature = "postgres")]
mod postgres;
mod public;
#[cfg(feature = "realtime")]
mod realtime;
mod report;
mod response;
#[cfg(feature = "storage")]
mod storage;
mod token;
mod violation;

pub use api::ApiError;
pub use auth::AuthError;
pub use caller::CallerError;
pub use client::ClientError;
pub use configuration::{ConfigurationError, Problem};
#[cfg(feature = "postgres")]
pub use database::DatabaseError;
#[cfg(feature = "postgres")]
pub(crate) use database::DatabaseErrorParts;
#[cfg(feature = "functions")]
pub use function::FunctionError;
#[cfg(feature = "functions")]
pub(crate) use function::RELAY_ERROR;
#[cfg(feature = "graphql")]
pub use graphql::{GraphqlError, GraphqlErrorEntry, GraphqlLocation};
pub use phase::Phase;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresError, PostgresPhase};
pub use public::PublicError;
#[cfg(feature = "realtime")]
pub use realtime::{RealtimeError, RealtimeErrorKind};
pub(crate) use response::{Escaped, is_control, is_html};
#[cfg(feature = "storage")]
pub use storage::StorageError;
pub use token::{LargestClaims, TokenError};
pub use violation::{Violation, Violations};

/// Any error of this crate. Each variant holds the error of one layer, which can also be matched by itself.
///
/// The text names the cause and what to do. Neither the text nor a source contains a secret, a key, a token or the
/// query string of a URL. To answer an HTTP request with an error, use [`public`](Self::public). `Debug` writes a report
/// for people: the text, and each cause on a line of its own, so that a program whose `main` returns this error ends with
/// something readable.
///
/// ```
/// use scoped_runtime::{ClientError, Error};
///
/// fn describe(error: &Error) -> String {
///     match error {
///         Error::Api(api) if api.is_rls_denied() => "a policy refused the row".to_owned(),
///         Error::Client(ClientError::Timeout { after, .. }) => format!("no response within {after:?}"),
///         error if error.is_transient() => format!("try again later: {error}"),
///         error => error.to_string(),
///     }
/// }
///
/// assert_eq!(
///     describe(&ClientError::Closed.into()),
///     "the client is closed; make a new one if its user may act again",
/// );
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A project, a key or a client could not be built from the values it was given.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A request could not be sent, or its response could not be received.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A token could not be minted, or has expired and is not renewed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The server responded with an error.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Storage responded with an error.
    #[cfg(feature = "storage")]
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An Edge Function, or the relay in front of it, responded with an error.
    #[cfg(feature = "functions")]
    #[error(transparent)]
    Function(#[from] FunctionError),
    /// GraphQL responded with errors.
    #[cfg(feature = "graphql")]
    #[error(transparent)]
    Graphql(#[from] GraphqlError),
    /// Auth responded with an error.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The caller of a service could not be authenticated, or lacks a permission.
    #[error(transparent)]
    Caller(#[from] CallerError),
    /// A statement over direct Postgres failed.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Realtime refused a connection, a channel or a message, or did not answer.
    #[cfg(feature = "realtime")]
    #[error(transparent)]
    Realtime(#[from] RealtimeError),
}

impl Error {
    /// Whether the same call may succeed later without any change: after a timeout or a lost connection, when the
    /// caller's public keys could not be fetched, or after a status by which the server is busy or down (429, 502,
    /// 503, 504).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Client(error) => error.is_transient(),
            Self::Api(error) => error.is_transient(),
            #[cfg(feature = "storage")]
            Self::Storage(error) => error.is_transient(),
            #[cfg(feature = "functions")]
            Self::Function(error) => error.is_transient(),
            #[cfg(feature = "graphql")]
            Self::Graphql(error) => error.is_transient(),
            Self::Auth(error) => error.is_transient(),
            Self::Caller(error) => matches!(error, CallerError::KeysUnavailable { .. }),
            #[cfg(feature = "postgres")]
            Self::Postgres(error) => error.is_transient(),
            #[cfg(feature = "realtime")]
            Self::Realtime(error) => error.is_transient(),
            Self::Configuration(_) | Self::Token(_) => false,
        }
    }

    /// The HTTP status of the response that the error was read from.
    pub(crate) fn response_status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.status()),
            #[cfg(feature = "storage")]
            Self::Storage(error) => Some(error.http_status()),
            #[cfg(feature = "functions")]
            Self::Function(error) => Some(error.status()),
            #[cfg(feature = "graphql")]
            Self::Graphql(error) => Some(error.status()),
            Self::Auth(error) => Some(error.status()),
            _ => None,
        }
    }
}

/// How many characters of a name an error shows: enough to recognise the name, too few for a token that was passed
/// by mistake.
const MAX_SHOWN: usize = 63;

/// A name as an error shows it: truncated, and with control characters escaped.
pub(crate) fn shown(name: &str) -> String {
    name.chars()
        .take(MAX_SHOWN)
        .flat_map(char::escape_debug)
        .collect()
}

/// The return types of functions with `#[impersonate]`: making the client may fail.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry the error of making the client",
    label = "return a `Result<_, E>` with `E: From<scoped_runtime::Error>`"
)]
pub trait Fallible {
    /// Converts the error into the return type.
    fn failed(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Error>> Fallible for Result<T, E> {
    fn failed(error: Error) -> Self {
        Err(error.into())
    }
}
