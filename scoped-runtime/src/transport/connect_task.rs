//! The background task that makes one connection.

use std::io;
use std::sync::Arc;

use super::connect::Connection;
use super::runtime_pool::{HttpVersion, RuntimePool};
use crate::clock::with_timeout;

/// Makes one connection for a pool. It goes on when the request that needed the connection is cancelled: another
/// request will use it.
pub(super) struct ConnectTask(pub(super) Option<Arc<RuntimePool>>);

impl ConnectTask {
    pub(super) async fn run(mut self) {
        let Some(pool) = self.0.clone() else {
            return;
        };
        let connector = Arc::clone(&pool.connector);
        let connecting = std::pin::pin!(connector.connect());
        let outcome = with_timeout(&*connector.clock, connector.connect_timeout, connecting)
            .await
            .unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()));
        self.0 = None;
        pool.add_connection(outcome);
    }
}

impl Drop for ConnectTask {
    /// If the runtime shuts down first, the pool stops counting the connection.
    fn drop(&mut self) {
        if let Some(pool) = self.0.take() {
            pool.lock().connecting -= 1;
        }
    }
}

impl RuntimePool {
    fn add_connection(self: &Arc<Self>, outcome: io::Result<Connection>) {
        match outcome {
            Ok(Connection::Http1(connection)) => {
                let mut state = self.lock();
                state.connecting -= 1;
                state.protocol = Some(HttpVersion::Http1);
                drop(state);
                self.put_back(connection);
                self.connect_if_needed(&mut self.lock());
            }
            Ok(Connection::Http2(connection)) => {
                connection.begin_idle(self.connector.clock.monotonic());
                let mut state = self.lock();
                state.connecting -= 1;
                state.protocol = Some(HttpVersion::Http2);
                if !state.is_shut_down {
                    state.shared.push(connection);
                }
                drop(state);
                self.assign_streams();
            }
            Err(error) => {
                let error = Arc::new(error);
                let mut state = self.lock();
                state.connecting -= 1;
                // With HTTP/1 each waiting request needs a connection of its own; those that are still being
                // made can serve as many. With HTTP/2 all wait for a stream of the same connection.
                let failed = match state.protocol {
                    Some(HttpVersion::Http1) => {
                        state.waiting.len().saturating_sub(state.connecting)
                    }
                    Some(HttpVersion::Http2) if !state.shared.is_empty() => 0,
                    _ => state.waiting.len(),
                };
                let failed: Vec<_> = state.waiting.drain(..failed).collect();
                drop(state);
                for waiting in failed {
                    let _ = waiting.send(Err(Arc::clone(&error)));
                }
            }
        }
    }
}
