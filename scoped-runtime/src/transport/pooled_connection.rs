//! The connection that the pool has lent to one request.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use super::http1::Http1;
use super::http2::Http2;
use super::request_body::RequestBody;
use super::runtime_pool::RuntimePool;
use super::send_error::SendError;
use super::write_check::WriteCheck;

/// An HTTP/1 connection, or a stream of a shared HTTP/2 connection, for one request.
pub(super) enum PooledConnection {
    Http1(Box<Http1>),
    Http2(ReservedStream),
}

impl PooledConnection {
    /// Sends a request and waits for the head of its response.
    pub(super) async fn send(
        &mut self,
        request: &mut Option<Request<RequestBody>>,
        check: &WriteCheck<'_>,
    ) -> Result<Response<Incoming>, SendError> {
        match self {
            Self::Http1(connection) => connection.send(request, check).await,
            Self::Http2(stream) => stream.connection.send(request, check).await,
        }
    }

    /// Returns the connection to the pool: its request has not begun, or its response was read to the end.
    pub(super) fn release(self, pool: &Arc<RuntimePool>) {
        match self {
            Self::Http1(connection) => pool.put_back(connection),
            Self::Http2(mut stream) => stream.is_done = true,
        }
    }
}

/// A stream of an HTTP/2 connection. Dropping it returns it to the connection.
pub(super) struct ReservedStream {
    pub(super) connection: Arc<Http2>,
    pub(super) pool: Arc<RuntimePool>,
    /// Whether its request has not begun, or its response was read to the end.
    pub(super) is_done: bool,
}

impl Drop for ReservedStream {
    fn drop(&mut self) {
        let now = self.pool.connector.clock.monotonic();
        self.connection.release(now, self.is_done);
        self.pool.assign_streams();
    }
}
