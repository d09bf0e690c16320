use super::Request;
use crate::error::Error;
use crate::transport::Response;

/// With feature `blocking`.
impl Request {
    /// Sends the request, and waits for the answer.
    ///
    /// # Errors
    /// As [`blocking::Query`](super::Query)'s `execute`.
    pub fn execute(self) -> Result<Response, Error> {
        let (core, outgoing) = self.into_outgoing()?;
        core.send_and_wait(&outgoing)
    }
}
