//! Connections that are being made.

use std::io;
use std::sync::Arc;

use super::connect::Connection;
use super::shard::{Shard, Version};
use crate::clock::within;

/// A connection that is being made. It goes on when the request that wanted it does not: another will
/// have it.
pub(super) struct Connecting(pub(super) Option<Arc<Shard>>);

impl Connecting {
    pub(super) async fn run(mut self) {
        let Some(shard) = self.0.clone() else {
            return;
        };
        let connector = Arc::clone(&shard.connector);
        let connecting = std::pin::pin!(connector.connect());
        let outcome = within(&*connector.clock, connector.connect_timeout, connecting)
            .await
            .unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()));
        self.0 = None;
        shard.connected(outcome);
    }
}

impl Drop for Connecting {
    /// The runtime has ended.
    fn drop(&mut self) {
        if let Some(shard) = self.0.take() {
            shard.lock().connecting -= 1;
        }
    }
}

impl Shard {
    fn connected(self: &Arc<Self>, outcome: io::Result<Connection>) {
        match outcome {
            Ok(Connection::Http1(connection)) => {
                let mut state = self.lock();
                state.connecting -= 1;
                state.speaks = Some(Version::Http1);
                drop(state);
                self.put(connection);
                self.connect_if_needed(&mut self.lock());
            }
            Ok(Connection::Http2(connection)) => {
                connection.begin_idle(self.connector.clock.monotonic());
                let mut state = self.lock();
                state.connecting -= 1;
                state.speaks = Some(Version::Http2);
                if !state.is_over {
                    state.shared.push(connection);
                }
                drop(state);
                self.serve();
            }
            Err(error) => {
                let error = Arc::new(error);
                let mut state = self.lock();
                state.connecting -= 1;
                // Each has one that is coming, or all wait for the same.
                let failed = match state.speaks {
                    Some(Version::Http1) => state.waiting.len().saturating_sub(state.connecting),
                    Some(Version::Http2) if !state.shared.is_empty() => 0,
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
