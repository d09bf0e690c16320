//! The loop of a resumable upload: part by part, and from the server's offset after a failure.

use std::time::Duration;

use bytes::Bytes;

use super::super::body::unreadable;
use super::super::request::unexpected;
use super::request::Progress;
use super::upload::ResumableUpload;
use crate::client::Mode;
use crate::error::{ClientError, Error};

/// How many failures in a row end the upload.
const MAX_FAILURES: u32 = 5;
/// How many times the server may lose bytes that it had, before that ends the upload.
const MAX_REWINDS: u32 = 5;
/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The part that is being sent.
struct Part {
    bytes: Bytes,
    /// Where it begins in the object.
    start: u64,
    is_last: bool,
}

impl Part {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl<M: Mode> ResumableUpload<M> {
    pub(super) async fn run(mut self) -> Result<(), Error> {
        self.report();
        while self.length != Some(self.offset) || !self.is_length_sent {
            let part = self.next_part().await?;
            self.send_part(part).await?;
        }
        Ok(())
    }

    async fn next_part(&mut self) -> Result<Part, Error> {
        let start = self.offset;
        let left = self.length.map_or(u64::MAX, |length| length - start);
        let max = usize::try_from(left).unwrap_or(usize::MAX);
        let bytes = self.source.next_part(self.part_bytes.min(max)).await?;
        let end = start + bytes.len() as u64;
        let is_last = match self.length {
            Some(length) if end < length && (bytes.is_empty() || self.source.has_ended()) => {
                return Err(unreadable("the body is shorter than its length").into());
            }
            Some(length) if end == length && !self.source.is_exhausted() => {
                return Err(unreadable("the body is longer than its length").into());
            }
            Some(length) => end == length,
            None => self.source.has_ended(),
        };
        if is_last {
            self.length = Some(end);
        }
        Ok(Part {
            bytes,
            start,
            is_last,
        })
    }

    /// Sends a part until the server has all of it.
    async fn send_part(&mut self, part: Part) -> Result<(), Error> {
        let mut failures = 0;
        loop {
            let before = self.offset;
            let failure = match self.try_part(&part).await {
                Ok(offset) if offset > before || part.bytes.is_empty() => {
                    self.offset = offset;
                    None
                }
                // Another request for the upload ended this one before its first byte.
                Ok(_) => Some(unexpected("a part", "says that none of it was taken").into()),
                Err(error) if is_worth_asking(&error) => Some(error),
                Err(error) => return Err(error),
            };
            if let Some(error) = failure {
                if failures == MAX_FAILURES {
                    return Err(error);
                }
                let pause = FIRST_PAUSE.saturating_mul(1 << failures);
                self.protocol.pause(pause).await;
                failures += 1;
                if self.catch_up(&part, failures).await? {
                    return Ok(());
                }
            }
            if self.offset > before {
                failures = 0;
                self.report();
            }
            if self.offset == part.end() && (self.is_length_sent || !part.is_last) {
                return Ok(());
            }
        }
    }

    /// Sends what the server does not have of a part, and returns the offset in its answer.
    async fn try_part(&mut self, part: &Part) -> Result<u64, Error> {
        let done = usize::try_from(self.offset - part.start).unwrap_or(usize::MAX);
        let rest = part.bytes.slice(done.min(part.bytes.len())..);
        let length = self.length.filter(|_| part.is_last && !self.is_length_sent);
        let sent = self
            .protocol
            .send_part(&self.url, self.offset, rest, length)
            .await?;
        self.is_length_sent |= length.is_some();
        Ok(sent)
    }

    /// Asks for the server's offset. Returns whether the source was moved to it, so that the part is read again.
    async fn catch_up(&mut self, part: &Part, failures: u32) -> Result<bool, Error> {
        let state = match self.protocol.state(&self.url).await {
            Ok(state) => state,
            // The next attempt asks again.
            Err(error) if is_worth_asking(&error) => return Ok(false),
            Err(error) => return Err(error),
        };
        self.is_length_sent |= state.length.is_some();
        if state.offset > part.end() {
            return Err(unexpected("a resumable upload", "has bytes that were not sent").into());
        }
        if state.offset >= part.start {
            self.offset = state.offset;
            return Ok(false);
        }
        // Soon after a lost connection the server may answer with an old offset. One that stays is believed.
        if failures < MAX_FAILURES {
            return Ok(false);
        }
        if !self.source.can_rewind() {
            let lost = "has lost bytes that a stream cannot repeat";
            return Err(unexpected("a resumable upload", lost).into());
        }
        // Without a limit, a server could make the upload repeat a part for ever.
        if self.rewinds == MAX_REWINDS {
            return Err(unexpected("a resumable upload", "loses bytes again and again").into());
        }
        self.rewinds += 1;
        self.source.skip_to(state.offset).await?;
        self.offset = state.offset;
        Ok(true)
    }

    fn report(&self) {
        if let Some(call) = &self.on_progress {
            call(Progress {
                sent: self.offset,
                total: self.length,
            });
        }
    }
}

/// Whether the server's offset may say how to go on: after a lost connection or a timeout, when the server is busy, and
/// when it has another offset (409), unless the object exists already.
fn is_worth_asking(error: &Error) -> bool {
    match error {
        Error::Client(ClientError::Timeout { .. } | ClientError::Transport { .. }) => true,
        Error::Storage(error) if error.status() == 409 => {
            !error.message().contains("already exists")
        }
        Error::Storage(error) => error.is_transient(),
        _ => false,
    }
}
