use std::cell::Cell;

use super::cancellation::Deadline;
use crate::session::{CloseFlag, TokenSource};
use crate::thread_flag::Flagged;
use crate::token::AccessToken;

/// Whose token a request carries.
#[derive(Clone, Copy)]
pub(crate) enum SendAs<'a> {
    /// No token is sent: requests for public keys, and requests of anonymous clients, which carry the API key alone.
    WithoutToken,
    User {
        source: &'a dyn TokenSource,
        close_flag: &'a CloseFlag,
    },
}

/// Why a request must not begin to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteRefusal {
    /// The client is closed.
    Closed,
    /// The user's token has expired or is missing; the request needs a new one.
    Token,
    /// The deadline of the request has passed.
    Deadline,
}

thread_local! {
    static IS_WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is beginning to write a request. The user's code must not run then: it could close the
/// client, and the close would wait for this thread.
pub(super) fn is_writing() -> bool {
    IS_WRITING.get()
}

/// The conditions that are checked immediately before the first bytes of a request are written.
#[derive(Clone, Copy)]
pub(super) struct WriteCheck<'a> {
    pub(super) sender: SendAs<'a>,
    pub(super) token: Option<&'a AccessToken>,
    pub(super) deadline: &'a Deadline,
}

impl WriteCheck<'_> {
    /// Calls `begin`, which writes the first bytes, if the client is open, the user's token is there and has not
    /// expired, and the deadline has not passed. Closing the client waits until `begin` has returned.
    pub(super) fn write_if_allowed<T>(&self, begin: impl FnOnce() -> T) -> Result<T, WriteRefusal> {
        let begin = || {
            if self.deadline.has_passed() {
                return Err(WriteRefusal::Deadline);
            }
            if let SendAs::User { source, .. } = self.sender
                && !self.token.is_some_and(|token| source.is_live(token))
            {
                return Err(WriteRefusal::Token);
            }
            let _writing = Flagged::begin(&IS_WRITING);
            Ok(begin())
        };
        match self.sender {
            SendAs::WithoutToken => begin(),
            SendAs::User { close_flag, .. } => close_flag
                .if_open(begin)
                .unwrap_or(Err(WriteRefusal::Closed)),
        }
    }
}
