//! The connections that one runtime has.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::connect::Connector;
use super::connecting::Connecting;
use super::http1::Http1;
use super::http2::Http2;
use super::lease::{Lease, Stream};

/// The connections of one runtime.
pub(super) struct Shard {
    state: Mutex<State>,
    pub(super) connector: Arc<Connector>,
    /// Where connections are opened and driven.
    runtime: Handle,
}

#[derive(Default)]
#[expect(
    clippy::vec_box,
    reason = "connections go in and out for every request, and are 700 bytes"
)]
pub(super) struct State {
    /// The one that was used last is at the end.
    idle: Vec<Box<Http1>>,
    pub(super) shared: Vec<Arc<Http2>>,
    pub(super) waiting: VecDeque<oneshot::Sender<Result<Lease, Arc<io::Error>>>>,
    pub(super) connecting: usize,
    pub(super) speaks: Option<Version>,
    /// The runtime has ended, or nothing was here for a while: the next request begins anew.
    pub(super) is_over: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
}

/// HTTP/2 connections beside each other, where a server allows each only few streams.
const MAX_SHARED: usize = 8;

/// What there is for a request.
pub(super) enum Checkout {
    Ready(Lease),
    Wait(oneshot::Receiver<Result<Lease, Arc<io::Error>>>),
    /// The connections of this runtime were given up in the meantime.
    Over,
}

impl Shard {
    pub(super) fn new(connector: Arc<Connector>, runtime: Handle) -> Self {
        let speaks = connector.is_http1_only().then_some(Version::Http1);
        Self {
            state: Mutex::new(State {
                speaks,
                ..State::default()
            }),
            connector,
            runtime,
        }
    }

    /// Closes what is idle and sends those who wait elsewhere. What is in use is closed at its end.
    pub(super) fn give_up(&self) {
        let given_up = {
            let mut state = self.lock();
            state.is_over = true;
            (
                std::mem::take(&mut state.idle),
                std::mem::take(&mut state.shared),
                std::mem::take(&mut state.waiting),
            )
        };
        drop(given_up);
    }

    /// A connection that is there, or a place among those who wait for one.
    pub(super) fn checkout(self: &Arc<Self>) -> Checkout {
        let now = self.connector.clock.monotonic();
        let oldest = now.saturating_sub(self.connector.connections.idle_timeout);
        let mut state = self.lock();
        if state.is_over {
            return Checkout::Over;
        }
        while let Some(mut connection) = state.idle.pop() {
            let is_young = connection.idle_since >= oldest;
            drop(state);
            if is_young && connection.is_quiet(now) {
                return Checkout::Ready(Lease::Http1(connection));
            }
            drop(connection);
            state = self.lock();
        }
        if let Some(stream) = self.stream(&mut state) {
            return Checkout::Ready(Lease::Http2(stream));
        }
        let (sender, receiver) = oneshot::channel();
        state.waiting.push_back(sender);
        self.connect_if_needed(&mut state);
        Checkout::Wait(receiver)
    }

    /// A stream of one of the shared connections.
    fn stream(self: &Arc<Self>, state: &mut State) -> Option<Stream> {
        if state.shared.iter().any(|shared| shared.is_over()) {
            state.shared.retain(|shared| !shared.is_over());
        }
        let connection = state.shared.iter().find(|shared| shared.reserve())?;
        Some(Stream {
            connection: Arc::clone(connection),
            shard: Arc::clone(self),
            is_done: false,
        })
    }

    /// Begins to connect, if those who wait are more than the connections that are coming.
    pub(super) fn connect_if_needed(self: &Arc<Self>, state: &mut State) {
        while state
            .waiting
            .front()
            .is_some_and(oneshot::Sender::is_closed)
        {
            state.waiting.pop_front();
        }
        let wanted = match state.speaks {
            // One finds out what the server speaks.
            None => usize::from(!state.waiting.is_empty()),
            Some(Version::Http1) => state.waiting.len(),
            Some(Version::Http2) => {
                usize::from(!state.waiting.is_empty() && state.shared.len() < MAX_SHARED)
            }
        };
        while state.connecting < wanted {
            state.connecting += 1;
            let connecting = Connecting(Some(Arc::clone(self)));
            self.runtime.spawn(connecting.run());
        }
    }

    /// Puts a connection back, or hands it on.
    pub(super) fn put(&self, mut connection: Box<Http1>) {
        connection.settle();
        if !connection.is_ready() {
            return;
        }
        connection.idle_since = self.connector.clock.monotonic();
        let mut lease = Lease::Http1(connection);
        loop {
            let next = {
                let mut state = self.lock();
                if state.is_over {
                    return;
                }
                let Some(next) = state.waiting.pop_front() else {
                    if let Lease::Http1(connection) = lease {
                        state.idle.push(connection);
                    }
                    return;
                };
                next
            };
            match next.send(Ok(lease)) {
                Err(Ok(back)) => lease = back,
                Ok(()) | Err(Err(_)) => return,
            }
        }
    }

    /// Gives streams to those who wait for them.
    pub(super) fn serve(self: &Arc<Self>) {
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
                let Some(stream) = self.stream(&mut state) else {
                    // A connection may have ended, and its streams with it.
                    self.connect_if_needed(&mut state);
                    return;
                };
                let Some(next) = state.waiting.pop_front() else {
                    drop(state);
                    return;
                };
                (next, stream)
            };
            // Whoever gave up just now gives the stream back by dropping it.
            let _ = next.send(Ok(Lease::Http2(stream)));
        }
    }

    /// Closes what was idle for too long or has ended. Says whether nothing is left.
    pub(super) fn sweep(&self) -> bool {
        let now = self.connector.clock.monotonic();
        let oldest = now.saturating_sub(self.connector.connections.idle_timeout);
        let idle = std::mem::take(&mut self.lock().idle);
        // Out of the lock: each is asked whether the other side has closed it.
        let kept: Vec<_> = idle
            .into_iter()
            .filter_map(|mut connection| {
                let stays = connection.idle_since >= oldest && connection.is_quiet(now);
                stays.then_some(connection)
            })
            .collect();
        let mut state = self.lock();
        let newer = std::mem::replace(&mut state.idle, kept);
        state.idle.extend(newer);
        let (kept, ended): (Vec<_>, Vec<_>) = std::mem::take(&mut state.shared)
            .into_iter()
            .partition(|shared| {
                !shared.is_over() && shared.idle_since().is_none_or(|since| since >= oldest)
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
