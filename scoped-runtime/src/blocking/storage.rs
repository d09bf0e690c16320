//! What of Storage reads part by part in blocking code. Everything else has the same methods in both modes.

use std::io;

use super::Blocking;
use crate::error::{ClientError, Error};
use crate::storage::Download;

/// With feature `blocking`.
impl Download<Blocking> {
    /// Waits for the next part; an empty one at the end.
    fn wait_for_part(&mut self) -> Result<(), Error> {
        let core = std::sync::Arc::clone(&self.core);
        let response = &mut self.response;
        let part = core.wait(async { response.next_part().await.transpose() })?;
        self.rest = part.unwrap_or_default();
        Ok(())
    }

    /// Writes the object to a file or another writer, flushes it, and returns the number of bytes.
    ///
    /// # Errors
    /// The errors of [`StreamedResponse::next_part`](crate::StreamedResponse::next_part), and [`ClientError::Write`]. A
    /// part of the object may be written then.
    pub fn write_to(mut self, writer: &mut impl io::Write) -> Result<u64, Error> {
        let failed = |source| ClientError::Write { source };
        let mut written = 0;
        loop {
            writer.write_all(&self.rest).map_err(failed)?;
            written += self.rest.len() as u64;
            self.wait_for_part()?;
            if self.rest.is_empty() {
                writer.flush().map_err(failed)?;
                return Ok(written);
            }
        }
    }
}

/// Reads the object. An error of the client is an [`io::Error`] with the [`Error`] as its source.
impl io::Read for Download<Blocking> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.wait_for_part().map_err(io::Error::other)?;
        }
        let step = self.rest.len().min(buffer.len());
        buffer[..step].copy_from_slice(&self.rest.split_to(step));
        Ok(step)
    }
}
