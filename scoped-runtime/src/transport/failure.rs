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
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return error.is_remote()
                && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM));
        }
        source = error.source();
    }
    false
}

/// hyper has a method for this only with its feature `server`.
pub(super) fn is_head_too_large(error: &hyper::Error) -> bool {
    error.is_parse() && error.to_string().contains("too large")
}

/// What a failure of hyper means, without the URL: it holds the filters' values.
pub(super) fn explain(error: hyper::Error, origin: String, limits: &Limits) -> Error {
    if is_head_too_large(&error) {
        return ClientError::LimitExceeded {
            what: "the head of the answer".to_owned(),
            limit: limits.header_bytes,
            setting: "header_bytes",
        }
        .into();
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
