//! Time as a parameter, so that a test moves it instead of sleeping.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

/// Where a project reads the time. Give your own to
/// [`ConfigBuilder::clock`](crate::ConfigBuilder::clock) to test what happens when tokens expire.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall clock, which may jump in either direction.
    fn now(&self) -> SystemTime;

    /// The time since some fixed moment, which never runs backwards.
    fn monotonic(&self) -> Duration;
}

/// The clock of this machine.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose [`monotonic`](Clock::monotonic) time counts from now.
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
