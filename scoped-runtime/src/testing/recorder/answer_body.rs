//! The body of an answer, which a test can send part by part.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::watch;

/// A gate that holds answers until a test opens it, instead of a delay in seconds. It starts closed and stays
/// open once it is opened. Clones are one gate.
///
/// ```
/// use scoped_runtime::ScopedClients;
/// use scoped_runtime::testing::{Answer, Gate, Recorder};
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let recorder = Recorder::start().await?;
/// let gate = Gate::new();
/// recorder.answer(Answer::from(json!([])).after(&gate));
///
/// let alice = ScopedClients::new(recorder.config())?.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let read = tokio::spawn(async move { alice.from("notes").execute().await });
/// recorder.wait_for_requests(1).await;    // it arrived, and is not answered
/// assert!(!read.is_finished());
/// gate.open();
/// read.await??;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the gate: what is held goes on, and nothing is held from now on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the gate is open.
    pub(super) async fn opened(&self) {
        let mut state = self.0.subscribe();
        // The sender lives as long as this gate.
        let _ = state.wait_for(|is_open| *is_open).await;
    }
}

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
