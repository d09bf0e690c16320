use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Stream;

use super::event::Event;
use super::event_queue::EventQueue;
use super::presence::Presence;
use super::sender::ChannelSender;
use crate::client::{Async, Mode};
use crate::error::Error;

/// A joined channel: a stream of [`Event`]s, in async code a [`Stream`], in blocking code an iterator.
///
/// It is kept joined until it is dropped. The connection, its heartbeats, the renewal of the token and joining again
/// after a loss are driven by one task for all channels of the client, whether or not the events are read. Events that
/// are not read wait in a queue of bounded size ([`queue`](super::ChannelBuilder::queue)); when it is full, new events
/// are dropped, and [`Event::Missed`] says how many. So a slow reader of one channel stops no other.
///
/// The stream ends after an error: the server refused the channel for good, the client was closed, or its token has
/// expired and is not renewed.
#[must_use = "dropping it leaves the channel"]
pub struct Subscription<M: Mode = Async> {
    pub(super) queue: Arc<EventQueue>,
    pub(super) sender: ChannelSender<M>,
}

impl<M: Mode> Subscription<M> {
    /// The sender of the channel.
    #[must_use]
    pub fn sender(&self) -> &ChannelSender<M> {
        &self.sender
    }

    /// Who is present; see [`ChannelSender::present`].
    #[must_use]
    pub fn present(&self) -> Vec<Presence> {
        self.sender.present()
    }
}

impl Subscription {
    /// The next event; `None` when the channel has ended. The future is cancel-safe.
    ///
    /// # Errors
    /// Why the channel has ended: [`Error::Realtime`] when the server refused it,
    /// [`ClientError::Closed`](crate::ClientError::Closed), or [`Error::Token`].
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        poll_fn(|cx| self.queue.poll_next(cx)).await
    }
}

impl Stream for Subscription {
    type Item = Result<Event, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.queue.poll_next(cx)
    }
}

/// With feature `blocking`.
#[cfg(feature = "blocking")]
impl Iterator for Subscription<crate::client::Blocking> {
    type Item = Result<Event, Error>;

    /// Waits for the next event; `None` when the channel has ended.
    fn next(&mut self) -> Option<Self::Item> {
        let queue = &self.queue;
        let next = async { Ok(poll_fn(|cx| queue.poll_next(cx)).await) };
        match self.sender.shared.core.wait(next) {
            Ok(event) => event,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<M: Mode> Drop for Subscription<M> {
    fn drop(&mut self) {
        let shared = &self.sender.shared;
        shared.hub.leave(shared.id);
    }
}

impl<M: Mode> fmt::Debug for Subscription<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("user_id", &self.sender.shared.core.user_id())
            .field("channel", &self.sender.shared.topic.name())
            .finish_non_exhaustive()
    }
}
