use std::error::Error as _;

use super::write_check::WriteRefusal;
use crate::config::Limits;
use crate::error::{ClientError, Error};

/// Why a connection returned no response. If the connection did not take the request, the caller still has it.
pub(super) enum SendError {
    /// The write check refused to begin the request.
    Refused(WriteRefusal),
    /// The connection failed.
    Lost {
        error: hyper::Error,
        /// Whether any byte of the request may have been sent.
        was_sent: bool,
    },
}

/// Whether the server said that it has not processed the stream: it refused the stream, or it closed the
/// connection with a GOAWAY that excludes the stream (RFC 9113, sections 6.8 and 8.7).
pub(super) fn is_unprocessed(error: &hyper::Error) -> bool {
    h2_error(error).is_some_and(|error| {
        error.is_remote()
            && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
    })
}

/// A response head over the size limit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OversizedHead {
    /// The head of this response; the text says what else the error may mean.
    Own(&'static str),
    /// The head of some response over the same HTTP/2 connection, which had to be closed.
    OfConnection,
}

impl OversizedHead {
    /// Recognises an oversized head by the error of hyper. `has_head` says whether the head of this response has
    /// been read.
    pub(super) fn of(error: &hyper::Error, has_head: bool) -> Option<Self> {
        // hyper has a method for this only with its feature `server`. It also reports more than 100 headers so.
        if error.is_parse() && error.to_string().contains("too large") {
            return Some(Self::Own(
                "the head of the response, if it has no more than 100 headers,",
            ));
        }
        let error = h2_error(error).filter(|error| error.is_library())?;
        match error.reason() {
            // h2 resets the stream for a header list over SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113, section
            // 6.5.2) in the same way as for a malformed head.
            Some(h2::Reason::PROTOCOL_ERROR) if error.is_reset() && !has_head => Some(Self::Own(
                "the head of the response, unless it is malformed,",
            )),
            // h2 stops decoding an endless field, after which the compression state of the connection is lost.
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
            Self::OfConnection => "the head of a response over the same HTTP/2 connection",
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

/// The error of this library for an error of hyper. It does not contain the URL, which holds the values of filters.
pub(super) fn to_error(
    error: hyper::Error,
    head: Option<OversizedHead>,
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
