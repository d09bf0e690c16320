use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use http_body::Body;
use hyper::body::Incoming;

use super::lease::Lease;
use super::shard::Shard;
use crate::error::{ClientError, Error};

/// The body of an answer, with the connection that it comes over.
pub(super) struct ReceiveBody {
    /// Before the lease: a stream is reset before its place is given back.
    incoming: Incoming,
    lease: Option<Lease>,
    shard: Arc<Shard>,
}

impl ReceiveBody {
    pub(super) fn new(incoming: Incoming, lease: Lease, shard: Arc<Shard>) -> Self {
        let mut body = Self {
            incoming,
            lease: Some(lease),
            shard,
        };
        if body.incoming.is_end_stream() {
            body.finish();
        }
        body
    }

    /// The next part.
    pub(super) fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, hyper::Error>>> {
        loop {
            match self.poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(part) = frame.into_data() {
                        return Poll::Ready(Some(Ok(part)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    self.lease = None;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => {
                    self.finish();
                    return Poll::Ready(None);
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, hyper::Error>>> {
        let incoming = Pin::new(&mut self.incoming);
        let Some(Lease::Http1(connection)) = &mut self.lease else {
            return incoming.poll_frame(cx);
        };
        // Only driving the connection brings more, so the body itself needs no waker.
        let mut none = Context::from_waker(Waker::noop());
        if let Poll::Ready(frame) = incoming.poll_frame(&mut none) {
            return Poll::Ready(frame);
        }
        connection.drive(cx);
        Pin::new(&mut self.incoming).poll_frame(&mut none)
    }

    fn finish(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.finish(&self.shard);
        }
    }

    /// Reads it to its end.
    pub(super) async fn read(mut self, limit: Limit) -> Result<Bytes, Unread> {
        let announced = self.incoming.size_hint().exact();
        if announced.is_some_and(|bytes| bytes > limit.bytes as u64) {
            return Err(Unread::TooLarge);
        }
        let mut whole = Whole::default();
        loop {
            let next = std::future::poll_fn(|cx| self.poll_part(cx)).await;
            match next.transpose().map_err(Unread::Lost)? {
                None => return Ok(whole.finish()),
                Some(part) => {
                    if part.len() > limit.bytes - whole.len() {
                        return Err(Unread::TooLarge);
                    }
                    whole.add(part, announced);
                }
            }
        }
    }
}

/// How much is read of what.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) bytes: usize,
    /// The status of an error, if it is one.
    pub(super) status: Option<u16>,
    pub(super) setting: &'static str,
}

impl Limit {
    pub(super) fn exceeded(self) -> Error {
        ClientError::LimitExceeded {
            what: match self.status {
                None => "the answer".to_owned(),
                Some(status) => format!("the body of an error ({status})"),
            },
            limit: self.bytes,
            setting: self.setting,
        }
        .into()
    }
}

/// Why a body was not read to its end.
pub(super) enum Unread {
    TooLarge,
    Lost(hyper::Error),
}

/// The parts of a body, put together with as few copies as there can be: one that comes whole is not
/// copied, one whose length is known takes no more memory than that.
#[derive(Default)]
struct Whole {
    first: Bytes,
    rest: BytesMut,
}

impl Whole {
    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    fn add(&mut self, part: Bytes, announced: Option<u64>) {
        if self.len() == 0 {
            self.first = part;
            return;
        }
        if self.rest.is_empty() {
            let known = announced.and_then(|bytes| usize::try_from(bytes).ok());
            let capacity = known.unwrap_or(0).max(self.first.len() + part.len());
            self.rest = BytesMut::with_capacity(capacity);
            self.rest
                .extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.rest.extend_from_slice(&part);
    }

    fn finish(self) -> Bytes {
        if self.rest.is_empty() {
            self.first
        } else {
            self.rest.freeze()
        }
    }
}
