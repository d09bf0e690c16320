use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Wakes a parked thread. The flag remembers the wake-up: the polled future may park the thread itself and
/// consume the unpark token.
struct ThreadWaker {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for ThreadWaker {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Polls a future on this thread until it completes (`Some`) or the time has passed (`None`). The time is
/// measured by the machine's clock, because a thread cannot be parked by another one.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread can be parked by the machine's clock only"
)]
pub(crate) fn block_on_timeout<T>(work: impl Future<Output = T>, time: Duration) -> Option<T> {
    let end = Instant::now().checked_add(time);
    poll_and_park(work, || match end {
        None => {
            thread::park();
            true
        }
        Some(end) => match end.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => {
                thread::park_timeout(left);
                true
            }
            _ => false,
        },
    })
}

/// Polls a future on this thread until it completes.
#[cfg(feature = "blocking")]
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        let step = poll_and_park(work.as_mut(), || {
            thread::park();
            true
        });
        if let Some(done) = step {
            return done;
        }
    }
}

/// Polls a future, and calls `park` while it is pending. Stops when `park` returns `false`: the time has
/// passed.
fn poll_and_park<T>(work: impl Future<Output = T>, park: impl Fn() -> bool) -> Option<T> {
    let mut work = pin!(work);
    let thread_waker = Arc::new(ThreadWaker {
        thread: thread::current(),
        is_woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&thread_waker));
    let mut context = Context::from_waker(&waker);
    loop {
        match work.as_mut().poll(&mut context) {
            Poll::Ready(done) => return Some(done),
            Poll::Pending => {
                while !thread_waker.is_woken.swap(false, Ordering::Acquire) {
                    if !park() {
                        return None;
                    }
                }
            }
        }
    }
}
