//! Frames, written while the socket takes them.

use std::task::{Context, Poll};

use tokio_websockets::Message;

use super::Driver;
use crate::realtime::credentials::Shown;
use crate::realtime::outgoing::Outgoing;

impl Driver {
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        let mut has_progress = false;
        while let Some(socket) = &mut self.socket
            && let Some(queued) = self.connection.outbox.front()
        {
            match socket.poll_ready(cx) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    self.lost(error);
                    return true;
                }
            }
            let mut shown = None;
            // The token is the live one of this moment, whenever the frame was queued.
            if let Outgoing::WithToken { channel, .. } = queued.frame {
                let Some(now_shown) = self.credentials.shown() else {
                    // The request that has begun has to be polled.
                    return has_progress || self.poll_tokens(cx);
                };
                shown = Some((channel, now_shown));
            }
            let Some(queued) = self.connection.outbox.pop_front() else {
                break;
            };
            let token = match &shown {
                Some((_, Shown::Token(token, _))) => Some(token.expose_secret()),
                _ => None,
            };
            let message = match queued.frame {
                Outgoing::Text(text) => Message::text(text),
                Outgoing::Binary(bytes) => Message::binary(bytes),
                Outgoing::WithToken { payload, .. } => Message::text(payload.with(token)),
            };
            if let Err(error) = socket.start_send(cx, message) {
                self.lost(error);
                return true;
            }
            let now = self.core.settings().clock.monotonic();
            self.connection.written(now);
            if let Some((channel, shown)) = shown {
                self.connection.token_written(channel, shown.number(), now);
            }
            if let Some(reply) = queued.written {
                reply.send(Ok(()));
            }
            has_progress = true;
        }
        has_progress |= !self.is_flushed(cx) && self.socket.is_none();
        has_progress
    }

    /// Whether nothing is left to write.
    pub(super) fn is_flushed(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(socket) = &mut self.socket else {
            return true;
        };
        match socket.poll_flush(cx) {
            Poll::Pending => false,
            Poll::Ready(Ok(())) => self.connection.outbox.is_empty(),
            Poll::Ready(Err(error)) => {
                self.lost(error);
                false
            }
        }
    }
}
