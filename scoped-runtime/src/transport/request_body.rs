use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame, SizeHint};

use super::gate::is_passing;

/// A body that can be read once: a file, or what another request brings. It is not `Clone`, and a
/// request with it is sent again only while no byte of it had been asked for.
///
/// ```
/// use scoped_runtime::Upload;
///
/// # fn example(file: Vec<bytes::Bytes>) {
/// let parts = futures_util::stream::iter(file.into_iter().map(Ok));
/// let upload = Upload::new(parts).length(1024);
/// # }
/// ```
#[must_use = "a body does nothing until a request brings it"]
pub struct Upload {
    parts: Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>,
    left: Option<u64>,
}

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

impl Upload {
    /// A body of these parts. An error among them ends the request.
    pub fn new(
        parts: impl Stream<Item = Result<Bytes, Box<dyn Error + Send + Sync>>> + Send + 'static,
    ) -> Self {
        Self {
            parts: Box::pin(parts),
            left: None,
        }
    }

    /// How many bytes the parts have in all. Without it the body's length is not sent, which some
    /// services want.
    pub fn length(mut self, bytes: u64) -> Self {
        self.left = Some(bytes);
        self
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// What a connection sends.
pub(super) enum SendBody {
    Bytes(Bytes),
    Upload(Upload),
}

impl Body for SendBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Self::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            // Code of a user's, which comes when the gate is passed.
            Self::Upload(_) if is_passing() => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Upload(upload) => upload.parts.as_mut().poll_next(cx).map(|part| {
                let part = part?;
                Some(part.and_then(|part| {
                    if let Some(left) = &mut upload.left {
                        *left = left
                            .checked_sub(part.len() as u64)
                            .ok_or("the body is longer than it said")?;
                    }
                    Ok(Frame::data(part))
                }))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
            || matches!(self, Self::Upload(Upload { left: Some(0), .. }))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Upload(upload) => upload.left.map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}
