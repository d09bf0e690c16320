use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::header::CONTENT_TYPE;

use super::event_parser::{Event, EventParser};
use crate::client::{Async, Core, Mode};
use crate::error::{ClientError, Error, shown};
use crate::transport::StreamedResponse;

/// The server-sent events of a function; [`Invocation::events`](super::Invocation::events) returns it. It ends
/// after the last event or the first error. In blocking code it is an iterator.
///
/// Bytes are read from the connection only while an event is awaited, so a slow reader slows the function down
/// (back-pressure). An event has at most [`Limits::event_bytes`](crate::Limits::event_bytes). Between two
/// parts of the stream, comments included, at most
/// [`body_idle_timeout`](crate::ConfigBuilder::body_idle_timeout) may pass.
///
/// The stream does not reconnect, since the call of a function may have an effect. To go on after a loss, call
/// the function again, with the last [`Event::id`] if the function knows what to do with it.
#[must_use = "the connection waits until the events are read or the stream is dropped"]
pub struct EventStream<M: Mode = Async> {
    #[cfg_attr(
        not(feature = "blocking"),
        expect(dead_code, reason = "only blocking code waits")
    )]
    core: Arc<Core>,
    /// `None` after the end or an error.
    response: Option<StreamedResponse>,
    /// The bytes that were received and not read yet.
    part: Bytes,
    parser: EventParser,
    limit: usize,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> EventStream<M> {
    pub(super) fn new(
        core: &Arc<Core>,
        function: &str,
        response: StreamedResponse,
    ) -> Result<Self, ClientError> {
        let found = response.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let kind = found.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("text/event-stream") {
            return Err(ClientError::ContentType {
                subject: format!("function `{}`", shown(function)),
                found: shown(kind),
                expected: "text/event-stream",
            });
        }
        let limit = core.settings().limits.event_bytes;
        Ok(Self {
            core: Arc::clone(core),
            response: Some(response),
            part: Bytes::new(),
            parser: EventParser::new(limit),
            limit,
            mode: PhantomData,
        })
    }

    /// The time that the function asks a client to wait before it connects again (the field `retry`), as far
    /// as the stream was read.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.parser.retry()
    }

    async fn next_event(&mut self) -> Option<Result<Event, Error>> {
        loop {
            let response = self.response.as_mut()?;
            match self.parser.next(&mut self.part) {
                Ok(Some(event)) => return Some(Ok(event)),
                Ok(None) => {}
                Err(_) => {
                    self.response = None;
                    return Some(Err(self.too_large()));
                }
            }
            match response.next_part().await {
                Some(Ok(part)) => self.part = part,
                Some(Err(error)) => {
                    self.response = None;
                    return Some(Err(error));
                }
                // An event that no empty line ends is incomplete, and is dropped as the standard says.
                None => {
                    self.response = None;
                    return None;
                }
            }
        }
    }

    fn too_large(&self) -> Error {
        ClientError::LimitExceeded {
            what: "a server-sent event".to_owned(),
            limit: self.limit,
            setting: "event_bytes",
        }
        .into()
    }
}

impl EventStream {
    /// The next event; `None` at the end of the stream and after an error. When the future is dropped, no event
    /// is lost.
    ///
    /// # Errors
    /// [`ClientError::LimitExceeded`] for an event that is too large, [`ClientError::Timeout`] when no part
    /// arrives in time, [`ClientError::Transport`] when the connection is lost, [`ClientError::Closed`] when
    /// the client is closed.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        self.next_event().await
    }

    /// The events as a `Stream`; an error is the last item.
    pub fn into_stream(self) -> impl Stream<Item = Result<Event, Error>> + Send {
        futures_util::stream::unfold(self, async |mut events| {
            let event = events.next_event().await?;
            Some((event, events))
        })
    }
}

/// With feature `blocking`.
#[cfg(feature = "blocking")]
impl Iterator for EventStream<crate::client::Blocking> {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Result<Event, Error>> {
        let core = Arc::clone(&self.core);
        core.wait(async { self.next_event().await.transpose() })
            .transpose()
    }
}

/// Shows no event: events may be private.
impl<M: Mode> fmt::Debug for EventStream<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("has_ended", &self.response.is_none())
            .finish_non_exhaustive()
    }
}
