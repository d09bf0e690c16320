use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame, SizeHint};

use super::write_check::is_writing;

/// A request body that is streamed and can be read only once, such as a file or the body of another request.
/// [`Request::upload`](crate::Request::upload) takes it.
///
/// A request with such a body is retried only while no part of the body has been read.
///
/// ```
/// use scoped_runtime::Upload;
///
/// # fn example(file: Vec<bytes::Bytes>) {
/// let parts = futures_util::stream::iter(file.into_iter().map(Ok));
/// let upload = Upload::new(parts).length(1024);
/// # }
/// ```
#[must_use = "a body does nothing until a request sends it"]
pub struct Upload {
    parts: UploadParts,
    bytes_left: Option<u64>,
}

pub(super) type BoxError = Box<dyn Error + Send + Sync>;
pub(crate) type UploadParts = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

impl Upload {
    /// A body of these parts, in their order. An error of the stream ends the request with
    /// [`ClientError::Upload`](crate::ClientError::Upload).
    pub fn new(
        parts: impl Stream<Item = Result<Bytes, Box<dyn Error + Send + Sync>>> + Send + 'static,
    ) -> Self {
        Self {
            parts: Box::pin(parts),
            bytes_left: None,
        }
    }

    /// The total size of the parts in bytes, which is sent as `Content-Length`; some services require it.
    /// Without it the body is sent in chunks of unknown total size. A stream that is longer is an error.
    pub fn length(mut self, bytes: u64) -> Self {
        self.bytes_left = Some(bytes);
        self
    }

    /// The [length](Self::length), if it is known.
    #[cfg(any(feature = "functions", feature = "storage"))]
    pub(crate) fn bytes_left(&self) -> Option<u64> {
        self.bytes_left
    }

    /// The parts and the [length](Self::length), if it is known.
    #[cfg(feature = "storage")]
    pub(crate) fn into_parts(self) -> (UploadParts, Option<u64>) {
        (self.parts, self.bytes_left)
    }

    /// The parts. A stream that is longer than the length ends with an error.
    #[cfg(feature = "functions")]
    pub(crate) fn into_stream(mut self) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
        futures_util::stream::poll_fn(move |cx| self.poll_part(cx))
    }

    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.parts.as_mut().poll_next(cx).map(|part| {
            let part = part?;
            Some(part.and_then(|part| {
                if let Some(left) = &mut self.bytes_left {
                    *left = left
                        .checked_sub(part.len() as u64)
                        .ok_or("the body is longer than its `length`")?;
                }
                Ok(part)
            }))
        })
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("bytes_left", &self.bytes_left)
            .finish_non_exhaustive()
    }
}

/// The body of a request, as a connection sends it.
pub(super) enum RequestBody {
    Bytes(Bytes),
    Upload(Upload),
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Self::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            // The stream is the user's code: it is polled only after the first bytes are written.
            Self::Upload(_) if is_writing() => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Upload(upload) => upload
                .poll_part(cx)
                .map(|part| part.map(|part| part.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
            || matches!(
                self,
                Self::Upload(Upload {
                    bytes_left: Some(0),
                    ..
                })
            )
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Upload(upload) => upload
                .bytes_left
                .map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}
