use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A thread that waits. The flag, since what it polls may park it too, and so take its wake-up.
struct Sleeper {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Polls this on the thread until it is done or the time has passed. The time is the machine's: a thread
/// cannot sleep by another clock.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread can be parked by the machine's clock only"
)]
pub(crate) fn wait_for<T>(work: impl Future<Output = T>, time: Duration) -> Option<T> {
    let end = Instant::now().checked_add(time);
    wait(work, || match end {
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

/// Polls this on the thread until it is done.
#[cfg(feature = "blocking")]
pub(crate) fn wait_until_done<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        let step = wait(work.as_mut(), || {
            thread::park();
            true
        });
        if let Some(done) = step {
            return done;
        }
    }
}

/// `park` says whether there is still time.
fn wait<T>(work: impl Future<Output = T>, park: impl Fn() -> bool) -> Option<T> {
    let mut work = pin!(work);
    let sleeper = Arc::new(Sleeper {
        thread: thread::current(),
        is_woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&sleeper));
    let mut context = Context::from_waker(&waker);
    loop {
        match work.as_mut().poll(&mut context) {
            Poll::Ready(done) => return Some(done),
            Poll::Pending => {
                while !sleeper.is_woken.swap(false, Ordering::Acquire) {
                    if !park() {
                        return None;
                    }
                }
            }
        }
    }
}
