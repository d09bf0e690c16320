//! The connections of one tokio runtime.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::connect::Connector;
use super::connect_task::ConnectTask;
use super::http1::Http1;
use super::http2::Http2;
use super::pooled_connection::{PooledConnection, ReservedStream};

/// The connections of one tokio runtime to one project, and the requests that wait for one.
pub(super) struct RuntimePool {
    state: Mutex<State>,
    pub(super) connector: Arc<Connector>,
    /// The runtime in which connections are opened and driven.
    runtime: Handle,
}

#[derive(Default)]
#[expect(
    clippy::vec_box,
    reason = "every request moves a connection in and out, and a connection has 700 bytes"
)]
pub(super) struct State {
    /// Idle HTTP/1 connections. The most recently used one is the last.
    idle: Vec<Box<Http1>>,
    /// HTTP/2 connections.
    pub(super) shared: Vec<Arc<Http2>>,
    pub(super) waiting: VecDeque<oneshot::Sender<Result<PooledConnection, Arc<io::Error>>>>,
    /// How many connections are being made.
    pub(super) connecting: usize,
    /// The protocol that the server has chosen; `None` before the first connection.
    pub(super) protocol: Option<HttpVersion>,
    /// Whether the pool was removed, because the runtime shut down or no connection was left. A request has to
    /// get the pool of its runtime again.
    pub(super) is_shut_down: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HttpVersion {
    Http1,
    Http2,
}

/// The maximum number of parallel HTTP/2 connections, for servers that allow few streams on each.
const MAX_SHARED: usize = 8;

/// What a request gets from the pool.
pub(super) enum Checkout {
    Ready(PooledConnection),
    /// No connection is idle; the receiver gets the next one.
    Wait(oneshot::Receiver<Result<PooledConnection, Arc<io::Error>>>),
    /// The pool was shut down in the meantime.
    ShutDown,
}

impl RuntimePool {
    pub(super) fn new(connector: Arc<Connector>, runtime: Handle) -> Self {
        let protocol = connector.is_http1_only().then_some(HttpVersion::Http1);
        Self {
            state: Mutex::new(State {
                protocol,
                ..State::default()
            }),
            connector,
            runtime,
        }
    }

    /// Closes idle connections and makes waiting requests get a new pool. Connections in use are closed when their
    /// request has ended.
    pub(super) fn shut_down(&self) {
        let removed = {
            let mut state = self.lock();
            state.is_shut_down = true;
            (
                std::mem::take(&mut state.idle),
                std::mem::take(&mut state.shared),
                std::mem::take(&mut state.waiting),
            )
        };
        drop(removed);
    }

    /// An idle connection, or a place in the queue for one.
    pub(super) fn checkout(self: &Arc<Self>) -> Checkout {
        let now = self.connector.clock.monotonic();
        let oldest = now.saturating_sub(self.connector.connections.idle_timeout);
        let mut state = self.lock();
        if state.is_shut_down {
            return Checkout::ShutDown;
        }
        while let Some(mut connection) = state.idle.pop() {
            let is_young = connection.idle_since >= oldest;
            drop(state);
            if is_young && connection.is_reusable(now) {
                return Checkout::Ready(PooledConnection::Http1(connection));
            }
            drop(connection);
            state = self.lock();
        }
        if let Some(stream) = self.reserve_stream(&mut state) {
            return Checkout::Ready(PooledConnection::Http2(stream));
        }
        let (sender, receiver) = oneshot::channel();
        state.waiting.push_back(sender);
        self.connect_if_needed(&mut state);
        Checkout::Wait(receiver)
    }

    /// Reserves a stream of an HTTP/2 connection.
    fn reserve_stream(self: &Arc<Self>, state: &mut State) -> Option<ReservedStream> {
        if state.shared.iter().any(|shared| shared.is_closed()) {
            state.shared.retain(|shared| !shared.is_closed());
        }
        let connection = state.shared.iter().find(|shared| shared.reserve())?;
        Some(ReservedStream {
            connection: Arc::clone(connection),
            pool: Arc::clone(self),
            is_done: false,
        })
    }

    /// Begins to make connections, if more are needed for the waiting requests than are being made.
    pub(super) fn connect_if_needed(self: &Arc<Self>, state: &mut State) {
        while state
            .waiting
            .front()
            .is_some_and(oneshot::Sender::is_closed)
        {
            state.waiting.pop_front();
        }
        let needed = match state.protocol {
            // The first connection shows which protocol the server chooses.
            None => usize::from(!state.waiting.is_empty()),
            Some(HttpVersion::Http1) => state.waiting.len(),
            Some(HttpVersion::Http2) => {
                usize::from(!state.waiting.is_empty() && state.shared.len() < MAX_SHARED)
            }
        };
        while state.connecting < needed {
            state.connecting += 1;
            let connecting = ConnectTask(Some(Arc::clone(self)));
            self.runtime.spawn(connecting.run());
        }
    }

    /// Gives a connection to a waiting request, or keeps it as idle.
    pub(super) fn put_back(&self, mut connection: Box<Http1>) {
        connection.settle();
        if !connection.is_ready() {
            return;
        }
        connection.idle_since = self.connector.clock.monotonic();
        let mut connection = PooledConnection::Http1(connection);
        loop {
            let next = {
                let mut state = self.lock();
                if state.is_shut_down {
                    return;
                }
                let Some(next) = state.waiting.pop_front() else {
                    if let PooledConnection::Http1(connection) = connection {
                        state.idle.push(connection);
                    }
                    return;
                };
                next
            };
            match next.send(Ok(connection)) {
                Err(Ok(back)) => connection = back,
                Ok(()) | Err(Err(_)) => return,
            }
        }
    }

    /// Gives HTTP/2 streams to waiting requests.
    pub(super) fn assign_streams(self: &Arc<Self>) {
        loop {
            let (next, stream) = {
                let mut state = self.lock();
                while state
                    .waiting
                    .front()
                    .is_some_and(oneshot::Sender::is_closed)
                {
                    state.waiting.pop_front();
                }
                if state.waiting.is_empty() {
                    return;
                }
                let Some(stream) = self.reserve_stream(&mut state) else {
                    // A connection may have been closed, so that another one is needed.
                    self.connect_if_needed(&mut state);
                    return;
                };
                let Some(next) = state.waiting.pop_front() else {
                    drop(state);
                    return;
                };
                (next, stream)
            };
            // If the request was cancelled just now, dropping the stream returns it.
            let _ = next.send(Ok(PooledConnection::Http2(stream)));
        }
    }

    /// Closes connections that were idle for too long or that the server has closed. Returns whether the pool is
    /// empty.
    pub(super) fn close_expired(&self) -> bool {
        let now = self.connector.clock.monotonic();
        let oldest = now.saturating_sub(self.connector.connections.idle_timeout);
        let idle = std::mem::take(&mut self.lock().idle);
        // Outside the lock, because each connection is checked with a system call.
        let kept: Vec<_> = idle
            .into_iter()
            .filter_map(|mut connection| {
                let stays = connection.idle_since >= oldest && connection.is_reusable(now);
                stays.then_some(connection)
            })
            .collect();
        let mut state = self.lock();
        let newer = std::mem::replace(&mut state.idle, kept);
        state.idle.extend(newer);
        let (kept, ended): (Vec<_>, Vec<_>) = std::mem::take(&mut state.shared)
            .into_iter()
            .partition(|shared| {
                !shared.is_closed() && shared.idle_since().is_none_or(|since| since >= oldest)
            });
        state.shared = kept;
        let is_empty = state.idle.is_empty()
            && state.shared.is_empty()
            && state.waiting.is_empty()
            && state.connecting == 0;
        drop(state);
        drop(ended);
        is_empty
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
