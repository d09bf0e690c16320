//! One HTTP/2 connection, shared by as many requests as the server allows streams.

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

use super::body::SendBody;
use super::connect::Connector;
use super::failure::{Failure, is_unprocessed};
use super::gate::Gate;
use super::timer::ClockTimer;
use super::wire::Stream;

pub(super) struct Http2 {
    sender: Mutex<http2::SendRequest<SendBody>>,
    driver: Arc<Driver>,
    /// Requests that have a stream or are about to.
    active: AtomicUsize,
    /// When the last stream ended, in milliseconds of the clock.
    idle_since: AtomicU64,
}

/// Moves the connection's bytes: a task does, and each request when it begins, so that its first bytes
/// leave while it is looked at and not whenever a task gets its turn.
struct Driver {
    work: Mutex<Work>,
    /// As the server says; 0 before it has said anything, and after the end.
    max_streams: AtomicUsize,
    changed: Notify,
    /// Something was given during a turn, by the thread that has it.
    wants_turn: AtomicBool,
}

thread_local! {
    static IS_DRIVING: Cell<bool> = const { Cell::new(false) };
}

/// While this thread has a turn, of whichever connection.
struct Driving(bool);

impl Driving {
    fn begin() -> Self {
        Self(IS_DRIVING.replace(true))
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        IS_DRIVING.set(self.0);
    }
}

struct Work {
    /// Takes requests.
    dispatch: Option<http2::Connection<TokioIo<Stream>, SendBody, Spawned>>,
    /// The connection's frames, and what belongs to single streams.
    tasks: FuturesUnordered<BoxFuture<'static, ()>>,
    spawned: Spawned,
    /// The task's.
    waker: Waker,
}

/// What hyper would have an executor run.
#[derive(Clone, Default)]
struct Spawned(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Spawned {
    fn execute(&self, task: F) {
        lock(&self.0).push(Box::pin(task));
    }
}

impl Http2 {
    /// Shakes hands, and waits until the server has said how many streams it allows.
    pub(super) async fn new(stream: Stream, connector: &Connector) -> io::Result<Arc<Self>> {
        let spawned = Spawned::default();
        let settings = &connector.connections;
        let header_bytes = u32::try_from(connector.limits.header_bytes).unwrap_or(u32::MAX);
        let (sender, dispatch) = http2::Builder::new(spawned.clone())
            .timer(ClockTimer::new(Arc::clone(&connector.clock)))
            .keep_alive_interval(settings.keep_alive)
            .keep_alive_timeout(settings.keep_alive_timeout)
            .keep_alive_while_idle(true)
            .max_header_list_size(header_bytes)
            // None before the server's settings are here.
            .initial_max_send_streams(0)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        let driver = Arc::new(Driver {
            work: Mutex::new(Work {
                dispatch: Some(dispatch),
                tasks: FuturesUnordered::new(),
                spawned,
                waker: Waker::noop().clone(),
            }),
            max_streams: AtomicUsize::new(0),
            changed: Notify::new(),
            wants_turn: AtomicBool::new(false),
        });
        let task = Arc::clone(&driver);
        tokio::spawn(std::future::poll_fn(move |cx| task.poll(cx)));
        let made = Arc::new(Self {
            sender: Mutex::new(sender),
            driver,
            active: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
        });
        made.settings().await?;
        Ok(made)
    }

    /// Waits for the server's first word.
    async fn settings(&self) -> io::Result<()> {
        loop {
            let changed = self.driver.changed.notified();
            if self.driver.max_streams.load(Ordering::Acquire) > 0 {
                return Ok(());
            }
            if self.is_over() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            changed.await;
        }
    }

    /// Whether it takes no more requests.
    pub(super) fn is_over(&self) -> bool {
        lock(&self.sender).is_closed()
    }

    /// It was made now, and no request has used it.
    pub(super) fn begin_idle(&self, now: Duration) {
        let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.idle_since.store(millis, Ordering::Relaxed);
    }

    /// Takes a stream, if there is one to take.
    pub(super) fn reserve(&self) -> bool {
        let max = self.driver.max_streams.load(Ordering::Acquire);
        self.active
            .try_update(Ordering::AcqRel, Ordering::Acquire, |active| {
                (active < max).then_some(active + 1)
            })
            .is_ok()
    }

    /// Gives a stream back. One whose request was dropped is reset first: the server counts it until then.
    pub(super) fn release(&self, now: Duration, is_done: bool) {
        if !is_done {
            self.driver.drive();
        }
        self.begin_idle(now);
        self.active.fetch_sub(1, Ordering::AcqRel);
    }

    /// Since when there are no streams, if there are none.
    pub(super) fn idle_since(&self) -> Option<Duration> {
        let is_idle = self.active.load(Ordering::Acquire) == 0;
        is_idle.then(|| Duration::from_millis(self.idle_since.load(Ordering::Relaxed)))
    }

    /// Sends a request on a stream that was [reserved](Self::reserve), and waits for the head of its
    /// answer. The first bytes leave within the gate.
    pub(super) async fn send(
        &self,
        request: &mut Option<Request<SendBody>>,
        gate: &Gate<'_>,
    ) -> Result<Response<Incoming>, Failure> {
        let mut sender = lock(&self.sender).clone();
        let mut answer = pin!(None);
        std::future::poll_fn(|cx| {
            if answer.is_none() {
                let began = gate.pass(|| {
                    let request = request.take()?;
                    answer.set(Some(sender.try_send_request(request)));
                    self.driver.drive();
                    Some(())
                });
                if let Err(refusal) = began {
                    return Poll::Ready(Err(Failure::Refused(refusal)));
                }
            }
            let Some(answer) = answer.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            answer.poll(cx).map(|outcome| {
                outcome.map_err(|mut failed| {
                    *request = failed.take_message();
                    let error = failed.into_error();
                    Failure::Lost {
                        has_left: request.is_none() && !is_unprocessed(&error),
                        error,
                    }
                })
            })
        })
        .await
    }
}

impl Driver {
    /// The task's turn.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut work = lock(&self.work);
        work.waker.clone_from(cx.waker());
        self.turn(&mut work)
    }

    /// A request's turn. Whatever has to be waited for wakes the task.
    fn drive(&self) {
        if IS_DRIVING.get() {
            // Within another turn, from a body that is sent: that one goes round once more, or the task.
            self.wants_turn.store(true, Ordering::Release);
            if let Ok(work) = self.work.try_lock() {
                work.waker.wake_by_ref();
            }
            return;
        }
        let _ = self.turn(&mut lock(&self.work));
    }

    fn turn(&self, work: &mut Work) -> Poll<()> {
        let _driving = Driving::begin();
        let waker = work.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let finished = loop {
            if let Some(dispatch) = &mut work.dispatch
                && Pin::new(dispatch).poll(&mut cx).is_ready()
            {
                work.dispatch = None;
            }
            let spawned = std::mem::take(&mut *lock(&work.spawned.0));
            work.tasks.extend(spawned);
            let finished = loop {
                match work.tasks.poll_next_unpin(&mut cx) {
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => break true,
                    Poll::Pending => break false,
                }
            };
            let wants_turn = self.wants_turn.swap(false, Ordering::AcqRel);
            if !wants_turn && lock(&work.spawned.0).is_empty() {
                break finished;
            }
        };
        let max = match &work.dispatch {
            Some(dispatch) if !finished => dispatch.current_max_send_streams(),
            _ => 0,
        };
        if self.max_streams.swap(max, Ordering::AcqRel) != max || finished {
            self.changed.notify_waiters();
        }
        if finished {
            // Nothing moves any more: requests that were given are given back.
            work.dispatch = None;
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// A panic of what is polled leaves a connection that fails, so a poisoned lock is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
