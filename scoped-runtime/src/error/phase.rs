use std::fmt;

/// The part of a request during which its time passed; see
/// [`ClientError::Timeout`](crate::ClientError::Timeout).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Waiting for a token that a remote signer signs or an audit sink records.
    Token,
    /// Making a connection: name lookup, TCP and TLS handshake.
    Connect,
    /// Waiting for a connection from the pool: all were in use, or one was being made.
    Connection,
    /// Sending the request, and waiting for the head of the response.
    Response,
    /// Reading the body of the response.
    Body,
    /// The pause before a retry.
    Retry,
}

impl Phase {
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Self::Token => "is the signer or the audit sink slow? see `signer_timeout`",
            Self::Connect | Self::Connection => {
                "is the server up, and `SUPABASE_URL` right? see `connect_timeout`"
            }
            Self::Response | Self::Retry => {
                "is the server up? raise `request_timeout` if it is slow"
            }
            Self::Body => "request less data, or raise `request_timeout` or `body_idle_timeout`",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "waiting for a token",
            Self::Connect => "connecting",
            Self::Connection => "waiting for a connection",
            Self::Response => "waiting for the head of the response",
            Self::Body => "reading the body of the response",
            Self::Retry => "waiting for a retry",
        })
    }
}
