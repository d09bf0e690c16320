use std::error::Error as _;

use super::gate::Refusal;
use crate::config::Limits;
use crate::error::{ClientError, Error};

/// Why there is no answer. The request is where it was if no connection has touched it.
pub(super) enum Failure {
    /// It was not allowed to begin.
    Refused(Refusal),
    /// The connection was lost, or is of no use.
    Lost {
        error: hyper::Error,
        /// Whether a byte of it may have been sent.
        has_left: bool,
    },
}

/// Whether the server says that it has not processed a stream: it refused it, or it was going away and
/// the stream was not among those that it still answers (RFC 9113, sections 6.8 and 8.7).
pub(super) fn is_unprocessed(error: &hyper::Error) -> bool {
    h2_error(error).is_some_and(|error| {
        error.is_remote()
            && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
    })
}

/// A head that was given up because of its size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LargeHead {
    /// The answer's own.
    Own(&'static str),
    /// That of some answer over the same HTTP/2 connection, which had to be closed.
    OfConnection,
}

impl LargeHead {
    /// Says whether an error means that. `has_head` is whether the answer's own head has been read.
    pub(super) fn of(error: &hyper::Error, has_head: bool) -> Option<Self> {
        // hyper has a method for this only with its feature `server`, and counts headers as well.
        if error.is_parse() && error.to_string().contains("too large") {
            return Some(Self::Own(
                "the head of the answer, if it has no more than 100 headers,",
            ));
        }
        let error = h2_error(error).filter(|error| error.is_library())?;
        match error.reason() {
            // h2 has no error of its own for a list of headers over SETTINGS_MAX_HEADER_LIST_SIZE
            // (RFC 9113, section 6.5.2): it resets the stream as it does for a malformed head.
            Some(h2::Reason::PROTOCOL_ERROR) if error.is_reset() && !has_head => {
                Some(Self::Own("the head of the answer, unless it is malformed,"))
            }
            // A field that has no end is no longer decoded, so the connection's compression is lost.
            Some(h2::Reason::COMPRESSION_ERROR) => Some(Self::OfConnection),
            Some(h2::Reason::ENHANCE_YOUR_CALM) => {
                let text = error.to_string();
                let is_head = ["too_many_continuations", "header_list_way_too_large"]
                    .iter()
                    .any(|cause| text.contains(cause));
                is_head.then_some(Self::OfConnection)
            }
            _ => None,
        }
    }

    fn exceeded(self, limits: &Limits) -> Error {
        let what = match self {
            Self::Own(what) => what,
            Self::OfConnection => "the head of an answer over the same HTTP/2 connection",
        };
        ClientError::LimitExceeded {
            what: what.to_owned(),
            limit: limits.header_bytes,
            setting: "header_bytes",
        }
        .into()
    }
}

fn h2_error(error: &hyper::Error) -> Option<&h2::Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return Some(error);
        }
        source = error.source();
    }
    None
}

/// What a failure of hyper means, without the URL: it holds the filters' values.
pub(super) fn explain(
    error: hyper::Error,
    head: Option<LargeHead>,
    origin: String,
    limits: &Limits,
) -> Error {
    if let Some(head) = head {
        return head.exceeded(limits);
    }
    if error.is_user() {
        return ClientError::Upload {
            source: Box::new(error),
        }
        .into();
    }
    ClientError::Transport {
        origin,
        source: Box::new(error),
    }
    .into()
}
