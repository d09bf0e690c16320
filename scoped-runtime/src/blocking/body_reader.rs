use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::{Buf, Bytes};

use super::Blocking;
use crate::client::Core;
use crate::error::Error;
use crate::functions::Invocation;
use crate::transport::StreamedResponse;

/// The body of an answer, which is read part by part: a [`Read`].
#[must_use = "the connection waits until the body is read or dropped"]
pub struct BodyReader {
    core: Arc<Core>,
    response: StreamedResponse,
    part: Bytes,
}

impl BodyReader {
    /// The HTTP status, from 200 to 299.
    pub fn status(&self) -> u16 {
        self.response.status()
    }

    /// The value of a header; `None` if it is missing or not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    /// The next part of the body as it arrives; `None` at its end and after an error.
    ///
    /// # Errors
    /// The errors of [`StreamedResponse::next_part`], and
    /// [`ClientError::InsideRuntime`](crate::ClientError::InsideRuntime) in a task of an async runtime.
    pub fn next_part(&mut self) -> Option<Result<Bytes, Error>> {
        if !self.part.is_empty() {
            return Some(Ok(std::mem::take(&mut self.part)));
        }
        let next = async { self.response.next_part().await.transpose() };
        self.core.wait(next).transpose()
    }
}

/// An error of the connection is an [`io::Error`] whose source is an [`Error`].
impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() && !buffer.is_empty() {
            match self.next_part().transpose().map_err(io::Error::other)? {
                Some(part) => self.part = part,
                None => return Ok(0),
            }
        }
        let bytes = self.part.len().min(buffer.len());
        self.part.copy_to_slice(&mut buffer[..bytes]);
        Ok(bytes)
    }
}

/// With features `blocking` and `functions`.
impl Invocation<Blocking> {
    /// Sends the call and returns the answer when its head has arrived.
    ///
    /// # Errors
    /// The errors of `execute`.
    pub fn stream(self) -> Result<BodyReader, Error> {
        let core = Arc::clone(self.core());
        let (core, response) = core.wait(self.into_stream())?;
        Ok(BodyReader {
            core,
            response,
            part: Bytes::new(),
        })
    }
}

/// Does not show the body, which may be private.
impl fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyReader")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
