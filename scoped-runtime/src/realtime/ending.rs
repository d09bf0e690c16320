use crate::error::{ClientError, Error, RealtimeError, TokenError};

/// Why a channel has ended for good.
#[derive(Debug, Clone)]
pub(super) enum Ending {
    /// The server refused it.
    Refused(RealtimeError),
    /// The client, or all clients of its user, were closed.
    Closed,
    /// There is no token any more.
    Token(TokenError),
    /// The runtime that drove the connection has shut down.
    NoRuntime,
    /// The reader knows already.
    Told,
}

impl Ending {
    pub(super) fn to_error(&self) -> Option<Error> {
        match self {
            Self::Refused(error) => Some(error.clone().into()),
            Self::Closed => Some(ClientError::Closed.into()),
            Self::Token(error) => Some(error.clone().into()),
            Self::NoRuntime => Some(ClientError::NoRuntime.into()),
            Self::Told => None,
        }
    }
}
