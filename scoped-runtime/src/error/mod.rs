//! What can go wrong, one type for each layer, under one [`Error`].

mod api;
mod caller;
mod client;
mod configuration;
mod fallible;
mod public;
mod report;
mod token;
mod violation;

pub use api::ApiError;
pub(crate) use api::is_html;
pub use caller::CallerError;
pub use client::{ClientError, Phase};
pub use configuration::{ConfigurationError, Problem};
pub use fallible::Fallible;
pub use public::PublicError;
pub use token::{LargestClaims, TokenError};
pub use violation::{Violation, Violations};

/// Everything this crate can fail with.
///
/// No variant and no source ever carries a secret, a key, a token or the query of a URL. `Debug` is a report:
/// what `Display` says, and the causes below it, so that a program whose `main` returns this error ends with
/// something readable.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A project, a key or a client could not be built from the values it was given.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A request could not be made, or did not come back.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A token could not be minted or is no longer live.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The server answered with an error.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// It is not known who is calling, or they may not do this.
    #[error(transparent)]
    Caller(#[from] CallerError),
}

impl Error {
    /// Whether the same call may succeed later without any change: a timeout, a lost connection,
    /// or a status that says the server is busy or down (429, 502, 503, 504).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Client(error) => error.is_transient(),
            Self::Api(error) => matches!(error.status(), 429 | 502 | 503 | 504),
            Self::Caller(error) => matches!(error, CallerError::KeysUnavailable { .. }),
            Self::Configuration(_) | Self::Token(_) => false,
        }
    }
}

/// How much of a name an error shows: enough to recognise it, and not a token passed by mistake.
const MAX_SHOWN: usize = 63;

/// A name as an error shows it: cut, and with control characters escaped.
pub(crate) fn shown(name: &str) -> String {
    name.chars()
        .take(MAX_SHOWN)
        .flat_map(char::escape_debug)
        .collect()
}
