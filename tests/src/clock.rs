use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use scoped_runtime::Clock;

/// A clock that stands still until a test moves it. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Times>>);

#[derive(Debug)]
struct Times {
    wall: SystemTime,
    monotonic: Duration,
}

impl ManualClock {
    /// Starts at this moment, in seconds since 1970.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(Mutex::new(Times {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            monotonic: Duration::from_hours(1),
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
        let mut times = self.times();
        times.wall += time;
        times.monotonic += time;
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
}
