use super::Request;
use crate::error::Error;
use crate::transport::{Retry, StreamedResponse, Upload};

impl Request {
    /// Sends the request, and gives the answer as soon as its head is there: for bodies that need not be
    /// in memory as a whole.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn stream(self) -> Result<StreamedResponse, Error> {
        let (core, request) = self.into_outgoing()?;
        core.stream(&request, None).await
    }

    /// The same with a body that can be sent once. It takes the place of [`body`](Self::body); say with
    /// [`header`](Self::header) what it is.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); [`ClientError::Upload`](crate::ClientError::Upload) when the body
    /// could not be read.
    pub async fn upload(self, body: Upload) -> Result<StreamedResponse, Error> {
        let (core, request) = self.into_outgoing()?;
        core.stream(&request, Some(body)).await
    }

    /// Sends the request again even if a byte of it had left when its connection was lost, or the
    /// answer was 502, 503 or 504. A `GET` always is; anything else only if doing it twice is the same
    /// as doing it once.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn execute_repeatable(self) -> Result<crate::Response, Error> {
        let (core, mut request) = self.into_outgoing()?;
        request.retry = Retry::Always;
        core.send(&request).await
    }
}
