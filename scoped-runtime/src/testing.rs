//! For tests (feature `testing`, in `[dev-dependencies]`): a clock to move.
//!
//! ```
//! use std::time::Duration;
//! use scoped_runtime::testing::ManualClock;
//! use scoped_runtime::{Config, ScopedClients};
//!
//! # fn main() -> Result<(), scoped_runtime::Error> {
//! let clock = ManualClock::at(1_800_000_000);
//! let config = Config::builder()
//!     .environment(|_| None)
//!     .url("https://abcdefghijkl.supabase.co")
//!     .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
//!     .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
//!     .clock(clock.clone());
//! let alice = ScopedClients::new(config.build()?)?.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
//! let first = alice.token()?.expires_at();
//! clock.pass(Duration::from_secs(3600));
//! assert!(alice.token()?.expires_at() > first, "renewed");
//! # Ok(()) }
//! ```
//!
//! **Not tokio's.** In a test with a paused clock (`#[tokio::test(start_paused = true)]`,
//! `tokio::time::pause`), tokio jumps to the next timer whenever every task waits, and an answer from the
//! network is something to wait for that is no timer: a request ends at once with "no answer within 30s".
//! Pause the clock after the last request, or move a [`ManualClock`] and let tokio's clock run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, Sleep, SystemClock};

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
        clock.times().wall = SystemClock::new().now();
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
