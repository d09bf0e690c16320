//! The connections of a project, by the runtime that opened them.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;

use super::body::SendBody;
use super::connect::{Connection, Connector};
use super::failure::Failure;
use super::gate::Gate;
use super::http1::Http1;
use super::http2::Http2;
use super::sweep;
use crate::error::ClientError;

/// Connections are kept where they were opened: in another runtime they stand still as soon as the
/// first is not driven any more.
pub(super) struct Pool {
    shards: Arc<RwLock<Shards>>,
    connector: Arc<Connector>,
}

type Shards = HashMap<Key, Arc<Shard>>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    runtime: Id,
    /// The number of the user's life, where each has connections of their own.
    user: Option<u64>,
}

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
struct State {
    /// The one that was used last is at the end.
    idle: Vec<Box<Http1>>,
    shared: Vec<Arc<Http2>>,
    waiting: VecDeque<oneshot::Sender<Result<Lease, Arc<io::Error>>>>,
    connecting: usize,
    speaks: Option<Version>,
    /// The runtime has ended, or nothing was here for a while: the next request begins anew.
    is_over: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Http1,
    Http2,
}

/// HTTP/2 connections beside each other, where a server allows each only few streams.
const MAX_SHARED: usize = 8;

/// A connection, or a stream of one, for one request.
pub(super) enum Lease {
    Http1(Box<Http1>),
    Http2(Stream),
}

impl Lease {
    /// Sends a request, and waits for the head of its answer.
    pub(super) async fn send(
        &mut self,
        request: Request<SendBody>,
        gate: Gate<'_>,
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
            Self::Http2(stream) => drop(stream),
        }
    }
}

/// A place on a connection that is shared.
pub(super) struct Stream {
    pub(super) connection: Arc<Http2>,
    shard: Arc<Shard>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        let now = self.shard.connector.clock.monotonic();
        self.connection.release(now);
        self.shard.serve();
    }
}

/// What there is for a request.
pub(super) enum Checkout {
    Ready(Lease),
    Wait(oneshot::Receiver<Result<Lease, Arc<io::Error>>>),
    /// The connections of this runtime were given up in the meantime.
    Over,
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self {
            shards: Arc::default(),
            connector,
        }
    }

    /// The connections of the present runtime, for this user.
    pub(super) fn shard(&self, user: Option<u64>) -> Result<Arc<Shard>, ClientError> {
        let handle = Handle::try_current().map_err(|_| ClientError::NoRuntime)?;
        let key = Key {
            runtime: handle.id(),
            user: user.filter(|_| self.connector.connections.per_user),
        };
        let shards = self.shards.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = shards.get(&key) {
            return Ok(Arc::clone(shard));
        }
        drop(shards);
        let mut shards = self.shards.write().unwrap_or_else(PoisonError::into_inner);
        let shard = shards.entry(key).or_insert_with(|| {
            let shard = Arc::new(Shard {
                state: Mutex::new(State {
                    speaks: self.connector.is_http1_only().then_some(Version::Http1),
                    ..State::default()
                }),
                connector: Arc::clone(&self.connector),
                runtime: handle.clone(),
            });
            let forget = Forget {
                shards: Arc::downgrade(&self.shards),
                key,
                shard: Arc::downgrade(&shard),
            };
            handle.spawn(sweep::run(Arc::downgrade(&shard), forget));
            shard
        });
        Ok(Arc::clone(shard))
    }
}

/// Takes the connections of a runtime out of the pool when they are not needed any more, or when the
/// runtime ends and drops its tasks.
pub(super) struct Forget {
    shards: Weak<RwLock<Shards>>,
    key: Key,
    shard: Weak<Shard>,
}

impl Drop for Forget {
    fn drop(&mut self) {
        let Some(shard) = self.shard.upgrade() else {
            return;
        };
        let given_up = {
            let mut state = shard.lock();
            state.is_over = true;
            (
                std::mem::take(&mut state.idle),
                std::mem::take(&mut state.shared),
                std::mem::take(&mut state.waiting),
            )
        };
        drop(given_up);
        if let Some(shards) = self.shards.upgrade() {
            let mut shards = shards.write().unwrap_or_else(PoisonError::into_inner);
            if shards
                .get(&self.key)
                .is_some_and(|present| Arc::ptr_eq(present, &shard))
            {
                shards.remove(&self.key);
            }
        }
    }
}

impl Shard {
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
            if is_young && connection.is_quiet() {
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
        })
    }

    /// Begins to connect, if those who wait are more than the connections that are coming.
    fn connect_if_needed(self: &Arc<Self>, state: &mut State) {
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
    fn serve(self: &Arc<Self>) {
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
                let stays = connection.idle_since >= oldest && connection.is_quiet();
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is being made. It goes on when the request that wanted it does not: another will
/// have it.
struct Connecting(Option<Arc<Shard>>);

impl Connecting {
    async fn run(mut self) {
        let Some(shard) = self.0.clone() else {
            return;
        };
        let connector = Arc::clone(&shard.connector);
        let end = connector.clock.monotonic() + connector.connect_timeout;
        let connecting = std::pin::pin!(connector.connect());
        let timeout = connector.clock.sleep_until(end);
        let outcome = match futures_util::future::select(connecting, timeout).await {
            futures_util::future::Either::Left((outcome, _)) => outcome,
            futures_util::future::Either::Right(_) => Err(io::ErrorKind::TimedOut.into()),
        };
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
