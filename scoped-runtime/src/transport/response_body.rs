use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use http_body::Body;
use hyper::body::Incoming;

use super::pooled_connection::PooledConnection;
use super::runtime_pool::RuntimePool;
use crate::error::{ClientError, Error};

/// The body of a response, with the connection over which it is received.
pub(super) struct ResponseBody {
    /// Dropped before the connection, so that an HTTP/2 stream is reset before it is returned to the pool.
    incoming: Incoming,
    connection: Option<PooledConnection>,
    pool: Arc<RuntimePool>,
}

impl ResponseBody {
    pub(super) fn new(
        incoming: Incoming,
        connection: PooledConnection,
        pool: Arc<RuntimePool>,
    ) -> Self {
        let mut body = Self {
            incoming,
            connection: Some(connection),
            pool,
        };
        if body.incoming.is_end_stream() {
            body.finish();
        }
        body
    }

    /// The next part, which is not empty; `None` at the end of the body.
    pub(super) fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, hyper::Error>>> {
        loop {
            match self.poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    // HTTP/2 has empty frames, which readers would take for the end.
                    if let Ok(part) = frame.into_data()
                        && !part.is_empty()
                    {
                        return Poll::Ready(Some(Ok(part)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    self.connection = None;
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
        let Some(PooledConnection::Http1(connection)) = &mut self.connection else {
            return incoming.poll_frame(cx);
        };
        // Data arrives only while this task drives the connection, so the body needs no waker.
        let mut none = Context::from_waker(Waker::noop());
        if let Poll::Ready(frame) = incoming.poll_frame(&mut none) {
            return Poll::Ready(frame);
        }
        connection.drive(cx);
        Pin::new(&mut self.incoming).poll_frame(&mut none)
    }

    fn finish(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.release(&self.pool);
        }
    }

    /// Reads the body to its end.
    pub(super) async fn read(mut self, limit: BodyLimit) -> Result<Bytes, ReadError> {
        let announced = self.incoming.size_hint().exact();
        if announced.is_some_and(|bytes| bytes > limit.bytes as u64) {
            return Err(ReadError::TooLarge);
        }
        let mut buffer = BodyBuffer::default();
        loop {
            let next = std::future::poll_fn(|cx| self.poll_part(cx)).await;
            match next.transpose().map_err(ReadError::Lost)? {
                None => return Ok(buffer.finish()),
                Some(part) => {
                    if part.len() > limit.bytes - buffer.len() {
                        return Err(ReadError::TooLarge);
                    }
                    buffer.add(part, announced);
                }
            }
        }
    }
}

/// How many bytes of a body are read, and which setting says so.
#[derive(Clone, Copy)]
pub(super) struct BodyLimit {
    pub(super) bytes: usize,
    /// The HTTP status, if it is the body of an error.
    pub(super) status: Option<u16>,
    pub(super) setting: &'static str,
}

impl BodyLimit {
    pub(super) fn exceeded(self) -> Error {
        ClientError::LimitExceeded {
            what: match self.status {
                None => "the response".to_owned(),
                Some(status) => format!("the body of an error response ({status})"),
            },
            limit: self.bytes,
            setting: self.setting,
        }
        .into()
    }
}

/// Why a body could not be read to its end.
pub(super) enum ReadError {
    TooLarge,
    Lost(hyper::Error),
}

/// Collects the parts of a body. A body of one part is not copied; a body of known length is allocated once.
#[derive(Default)]
struct BodyBuffer {
    first: Bytes,
    rest: BytesMut,
}

impl BodyBuffer {
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
