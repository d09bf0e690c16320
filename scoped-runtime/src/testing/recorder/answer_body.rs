use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use http_body::{Body, Frame, SizeHint};

use super::Gate;

/// One step of a body that is sent part by part.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Chunk(Bytes),
    Hold(Gate),
    Cut,
}

/// The recorder closes the connection because a test wants it.
#[derive(Debug)]
pub(super) struct Disconnect;

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the test closes the connection here")
    }
}

impl std::error::Error for Disconnect {}

pub(super) enum AnswerBody {
    Whole(Option<Bytes>),
    Chunked(BoxStream<'static, Result<Bytes, Disconnect>>),
}

impl AnswerBody {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::Whole(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }

    pub(super) fn chunked(steps: Vec<Step>) -> Self {
        let next = |mut steps: std::vec::IntoIter<Step>| async move {
            loop {
                match steps.next()? {
                    Step::Chunk(bytes) if bytes.is_empty() => {}
                    Step::Chunk(bytes) => return Some((Ok(bytes), steps)),
                    Step::Hold(gate) => gate.opened().await,
                    Step::Cut => {
                        // While this future waits, hyper writes the parts before the cut.
                        tokio::task::yield_now().await;
                        return Some((Err(Disconnect), steps));
                    }
                }
            }
        };
        Self::Chunked(unfold(steps.into_iter(), next).boxed())
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Disconnect;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Disconnect>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Chunked(stream) => stream
                .poll_next_unpin(cx)
                .map(|chunk| chunk.map(|chunk| chunk.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Chunked(_) => SizeHint::new(),
        }
    }
}
