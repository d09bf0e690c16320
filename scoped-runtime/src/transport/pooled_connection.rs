//! What one request has of the pool.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use super::body::SendBody;
use super::failure::Failure;
use super::gate::Gate;
use super::http1::Http1;
use super::http2::Http2;
use super::shard::Shard;

/// A connection, or a stream of one, for one request.
pub(super) enum Lease {
    Http1(Box<Http1>),
    Http2(Stream),
}

impl Lease {
    /// Sends a request, and waits for the head of its answer.
    pub(super) async fn send(
        &mut self,
        request: &mut Option<Request<SendBody>>,
        gate: &Gate<'_>,
    ) -> Result<Response<Incoming>, Failure> {
        match self {
            Self::Http1(connection) => connection.send(request, gate).await,
            Self::Http2(stream) => stream.connection.send(request, gate).await,
        }
    }

    /// Gives it back: the request did not begin, or its answer was read to the end.
    pub(super) fn finish(self, shard: &Arc<Shard>) {
        match self {
            Self::Http1(connection) => shard.put(connection),
            Self::Http2(mut stream) => stream.is_done = true,
        }
    }
}

/// A place on a connection that is shared.
pub(super) struct Stream {
    pub(super) connection: Arc<Http2>,
    pub(super) shard: Arc<Shard>,
    /// Its request has not begun, or its answer was read to the end.
    pub(super) is_done: bool,
}

impl Drop for Stream {
    fn drop(&mut self) {
        let now = self.shard.connector.clock.monotonic();
        self.connection.release(now, self.is_done);
        self.shard.serve();
    }
}
