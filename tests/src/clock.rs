use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime};

use scoped_runtime::{Clock, Sleep};

/// A clock that stands still until a test moves it. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Times>>);

#[derive(Debug)]
struct Times {
    wall: SystemTime,
    monotonic: Duration,
    /// Those who wait for a moment of the monotonic clock.
    sleepers: Vec<(Duration, Waker)>,
}

impl ManualClock {
    /// Starts at this moment, in seconds since 1970.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(Mutex::new(Times {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            monotonic: Duration::from_hours(1),
            sleepers: Vec::new(),
        })))
    }

    /// Starts at the real time, for servers that check it.
    #[must_use]
    pub fn real() -> Self {
        let clock = Self::at(0);
        clock.times().wall = SystemTime::now();
        clock
    }

    /// Lets time pass: both clocks go on.
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

    /// How many wait for a moment up to this far from now.
    #[must_use]
    pub fn sleepers(&self, within: Duration) -> usize {
        let times = self.times();
        let last = times.monotonic + within;
        let waits = |sleeper: &&(Duration, Waker)| sleeper.0 <= last;
        times.sleepers.iter().filter(waits).count()
    }

    /// The wall clock is set forward, or the machine slept: the monotonic one stands still.
    pub fn jump(&self, time: Duration) {
        self.times().wall += time;
    }

    /// The wall clock is set back.
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
