use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, Sleep, SystemClock};

/// A [`Clock`] that stands still until a test moves it. All clones are one clock.
///
/// It has a wall clock, which decides when tokens expire, and a monotonic clock, which measures timeouts. A test
/// can move both, or only the wall clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Times>>);

#[derive(Debug)]
struct Times {
    wall: SystemTime,
    monotonic: Duration,
    /// The wakers of the futures that wait for a moment of the monotonic clock.
    sleepers: Vec<(Duration, Waker)>,
}

impl ManualClock {
    /// A clock that stands at this time, in seconds since 1970.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(Mutex::new(Times {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            monotonic: Duration::from_secs(60 * 60),
            sleepers: Vec::new(),
        })))
    }

    /// A clock that stands at the real time, for servers that check `iat` and `exp`.
    #[must_use]
    pub fn real() -> Self {
        let clock = Self::at(0);
        clock.times().wall = SystemClock::new().now();
        clock
    }

    /// Moves both clocks forward, and wakes what waits for the new time.
    pub fn pass(&self, time: Duration) {
        let due = {
            let mut times = self.times();
            times.wall += time;
            times.monotonic += time;
            let now = times.monotonic;
            let sleepers = std::mem::take(&mut times.sleepers);
            let (due, later): (Vec<_>, Vec<_>) =
                sleepers.into_iter().partition(|(moment, _)| *moment <= now);
            times.sleepers = later;
            due
        };
        for (_, waker) in due {
            waker.wake();
        }
    }

    /// How many futures wait for a moment that is at most this far in the future.
    #[must_use]
    pub fn sleepers(&self, within: Duration) -> usize {
        let times = self.times();
        let last = times.monotonic + within;
        let waits = |sleeper: &&(Duration, Waker)| sleeper.0 <= last;
        times.sleepers.iter().filter(waits).count()
    }

    /// Moves only the wall clock forward, as when it is set or the machine slept.
    pub fn jump(&self, time: Duration) {
        self.times().wall += time;
    }

    /// Moves only the wall clock back, as when it is set.
    pub fn jump_back(&self, time: Duration) {
        self.times().wall -= time;
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.times().wall
    }

    fn monotonic(&self) -> Duration {
        self.times().monotonic
    }

    fn sleep_until(&self, moment: Duration) -> Sleep {
        let clock = self.clone();
        Box::pin(std::future::poll_fn(move |cx| {
            let mut times = clock.times();
            if times.monotonic >= moment {
                return Poll::Ready(());
            }
            let waker = cx.waker();
            let is_there =
                |(at, present): &(Duration, Waker)| *at == moment && present.will_wake(waker);
            if !times.sleepers.iter().any(is_there) {
                times.sleepers.push((moment, waker.clone()));
            }
            Poll::Pending
        }))
    }
}
