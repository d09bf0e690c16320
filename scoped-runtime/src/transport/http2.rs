//! One HTTP/2 connection, shared by as many requests as the server allows concurrent streams.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;

use super::connect::Connector;
use super::request_body::RequestBody;
use super::send_error::{SendError, is_unprocessed};
use super::socket::Socket;
use super::timer::ClockTimer;
use super::write_check::WriteCheck;
use crate::thread_flag::Flagged;

pub(super) struct Http2 {
    sender: Mutex<http2::SendRequest<RequestBody>>,
    driver: Arc<Driver>,
    /// The number of reserved streams.
    active: AtomicUsize,
    /// When the last stream was released, in milliseconds of the monotonic clock.
    idle_since: AtomicU64,
}

/// Polls the connection. A background task does so, and also each request when it begins: its first bytes must be
/// written during its write check, not when the task is scheduled next.
struct Driver {
    state: Mutex<DriverState>,
    /// The number of concurrent streams that the server allows; 0 before its SETTINGS frame has arrived and after
    /// the connection has ended.
    max_streams: AtomicUsize,
    changed: Notify,
    /// A request was queued while this thread was polling the connection, which has to be polled once more.
    needs_repoll: AtomicBool,
}

thread_local! {
    /// Whether the thread is polling an HTTP/2 connection.
    static IS_DRIVING: Cell<bool> = const { Cell::new(false) };
}

struct DriverState {
    /// hyper's dispatcher, which takes requests.
    dispatch: Option<http2::Connection<TokioIo<Socket>, RequestBody, Spawned>>,
    /// The futures that hyper has spawned: one for the frames of the connection, and some for single streams.
    tasks: FuturesUnordered<BoxFuture<'static, ()>>,
    spawned: Spawned,
    /// The waker of the background task.
    waker: Waker,
}

/// The executor that hyper is given: it collects futures for the driver.
#[derive(Clone, Default)]
struct Spawned(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Spawned {
    fn execute(&self, task: F) {
        lock(&self.0).push(Box::pin(task));
    }
}

impl Http2 {
    /// Performs the handshake, and waits until the server has sent how many streams it allows.
    pub(super) async fn new(socket: Socket, connector: &Connector) -> io::Result<Arc<Self>> {
        let spawned = Spawned::default();
        let settings = &connector.connections;
        let header_bytes = u32::try_from(connector.limits.header_bytes).unwrap_or(u32::MAX);
        let (sender, dispatch) = http2::Builder::new(spawned.clone())
            .timer(ClockTimer::new(Arc::clone(&connector.clock)))
            .keep_alive_interval(settings.keep_alive)
            .keep_alive_timeout(settings.keep_alive_timeout)
            .keep_alive_while_idle(true)
            .max_header_list_size(header_bytes)
            // No stream is opened before the server's SETTINGS frame has arrived.
            .initial_max_send_streams(0)
            .handshake(TokioIo::new(socket))
            .await
            .map_err(io::Error::other)?;
        let driver = Arc::new(Driver {
            state: Mutex::new(DriverState {
                dispatch: Some(dispatch),
                tasks: FuturesUnordered::new(),
                spawned,
                waker: Waker::noop().clone(),
            }),
            max_streams: AtomicUsize::new(0),
            changed: Notify::new(),
            needs_repoll: AtomicBool::new(false),
        });
        let task = Arc::clone(&driver);
        tokio::spawn(std::future::poll_fn(move |cx| task.poll(cx)));
        let made = Arc::new(Self {
            sender: Mutex::new(sender),
            driver,
            active: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
        });
        made.wait_for_settings().await?;
        Ok(made)
    }

    /// Waits for the server's first SETTINGS frame.
    async fn wait_for_settings(&self) -> io::Result<()> {
        loop {
            let changed = self.driver.changed.notified();
            if self.driver.max_streams.load(Ordering::Acquire) > 0 {
                return Ok(());
            }
            if self.is_closed() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            changed.await;
        }
    }

    /// Whether the connection takes no more requests.
    pub(super) fn is_closed(&self) -> bool {
        lock(&self.sender).is_closed()
    }

    /// Records that the connection is idle from now on.
    pub(super) fn begin_idle(&self, now: Duration) {
        let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.idle_since.store(millis, Ordering::Relaxed);
    }

    /// Reserves a stream; `false` if the server allows no more.
    pub(super) fn reserve(&self) -> bool {
        let max = self.driver.max_streams.load(Ordering::Acquire);
        self.active
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |active| {
                (active < max).then_some(active + 1)
            })
            .is_ok()
    }

    /// Returns a reserved stream. If its request was dropped (`is_done` is `false`), the stream is reset first: the
    /// server counts it until then.
    pub(super) fn release(&self, now: Duration, is_done: bool) {
        if !is_done {
            self.driver.drive();
        }
        self.begin_idle(now);
        self.active.fetch_sub(1, Ordering::AcqRel);
    }

    /// Since when no stream is reserved; `None` while one is.
    pub(super) fn idle_since(&self) -> Option<Duration> {
        let is_idle = self.active.load(Ordering::Acquire) == 0;
        is_idle.then(|| Duration::from_millis(self.idle_since.load(Ordering::Relaxed)))
    }

    /// Sends a request on a [reserved](Self::reserve) stream, and waits for the head of its response. The first
    /// bytes are written within the check.
    pub(super) async fn send(
        &self,
        request: &mut Option<Request<RequestBody>>,
        check: &WriteCheck<'_>,
    ) -> Result<Response<Incoming>, SendError> {
        let mut sender = lock(&self.sender).clone();
        let mut response = pin!(None);
        std::future::poll_fn(|cx| {
            if response.is_none() {
                let began = check.write_if_allowed(|| {
                    let request = request.take()?;
                    response.set(Some(sender.try_send_request(request)));
                    self.driver.drive();
                    Some(())
                });
                if let Err(refusal) = began {
                    return Poll::Ready(Err(SendError::Refused(refusal)));
                }
            }
            let Some(response) = response.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            response.poll(cx).map(|outcome| {
                outcome.map_err(|mut failed| {
                    *request = failed.take_message();
                    let error = failed.into_error();
                    SendError::Lost {
                        was_sent: request.is_none() && !is_unprocessed(&error),
                        error,
                    }
                })
            })
        })
        .await
    }
}

impl Driver {
    /// Polls the connection for the background task.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        state.waker.clone_from(cx.waker());
        self.poll_connection(&mut state)
    }

    /// Polls the connection for a request. Events wake the background task, not the request.
    fn drive(&self) {
        if IS_DRIVING.get() {
            // This thread is polling a connection already and has called into a request body. If it is this
            // connection, its loop runs once more; else its task is woken.
            self.needs_repoll.store(true, Ordering::Release);
            if let Ok(state) = self.state.try_lock() {
                state.waker.wake_by_ref();
            }
            return;
        }
        let _ = self.poll_connection(&mut lock(&self.state));
    }

    fn poll_connection(&self, state: &mut DriverState) -> Poll<()> {
        let _driving = Flagged::begin(&IS_DRIVING);
        let waker = state.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let finished = loop {
            if let Some(dispatch) = &mut state.dispatch
                && Pin::new(dispatch).poll(&mut cx).is_ready()
            {
                state.dispatch = None;
            }
            let spawned = std::mem::take(&mut *lock(&state.spawned.0));
            state.tasks.extend(spawned);
            let finished = loop {
                match state.tasks.poll_next_unpin(&mut cx) {
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => break true,
                    Poll::Pending => break false,
                }
            };
            let needs_repoll = self.needs_repoll.swap(false, Ordering::AcqRel);
            if !needs_repoll && lock(&state.spawned.0).is_empty() {
                break finished;
            }
        };
        let max = match &state.dispatch {
            Some(dispatch) if !finished => dispatch.current_max_send_streams(),
            _ => 0,
        };
        if self.max_streams.swap(max, Ordering::AcqRel) != max || finished {
            self.changed.notify_waiters();
        }
        if finished {
            // The connection has ended. Dropping the dispatcher returns the requests that it has not sent.
            state.dispatch = None;
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// Ignores poisoning: after a panic of a polled future the connection fails by itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
