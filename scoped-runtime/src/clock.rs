//! The clock as a parameter, so that tests can move it instead of sleeping.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};

/// The clock of a project. It decides when tokens expire and are renewed, and measures all timeouts.
///
/// The default is [`SystemClock`]. A test gives another clock to
/// [`ConfigBuilder::clock`](crate::ConfigBuilder::clock), such as `testing::ManualClock` (feature `testing`).
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use scoped_runtime::{Clock, SystemClock};
///
/// /// Behaves like a machine whose wall clock is one minute fast.
/// #[derive(Debug)]
/// struct FastClock(SystemClock);
///
/// impl Clock for FastClock {
///     fn now(&self) -> SystemTime {
///         self.0.now() + Duration::from_secs(60)
///     }
///
///     fn monotonic(&self) -> Duration {
///         self.0.monotonic()
///     }
/// }
///
/// let builder = scoped_runtime::Config::builder().clock(FastClock(SystemClock::new()));
/// # let _ = builder;
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall clock: the time for `iat` and `exp`. It may jump in either direction.
    fn now(&self) -> SystemTime;

    /// The time since a fixed moment, which never decreases. Timeouts are measured by it.
    fn monotonic(&self) -> Duration;

    /// Returns a future that completes when [`monotonic`](Self::monotonic) has reached `moment`. Timeouts, retries
    /// and renewals await it.
    ///
    /// The default implementation sleeps on tokio's timer for the time that is left at the call, and needs a tokio
    /// runtime. A clock that a test moves must complete the future when it is moved that far.
    fn sleep_until(&self, moment: Duration) -> Sleep {
        let left = moment.saturating_sub(self.monotonic());
        Box::pin(tokio::time::sleep(left))
    }
}

/// What [`Clock::sleep_until`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// Awaits a future for the given time at most, by this clock; `None` when the time has passed.
pub(crate) async fn with_timeout<T>(
    clock: &dyn Clock,
    time: Duration,
    work: impl Future<Output = T> + Unpin,
) -> Option<T> {
    let moment = clock.monotonic().saturating_add(time);
    match select(work, clock.sleep_until(moment)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// One moment, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClockReading {
    pub(crate) monotonic: Duration,
    pub(crate) wall: SystemTime,
}

impl ClockReading {
    /// Reads the monotonic clock first, so that the age of a token is never underestimated.
    pub(crate) fn now(clock: &dyn Clock) -> Self {
        Self {
            monotonic: clock.monotonic(),
            wall: clock.now(),
        }
    }

    /// Whether either clock has reached this moment.
    pub(crate) fn is_reached(self, clock: &dyn Clock) -> bool {
        clock.now() >= self.wall || clock.monotonic() >= self.monotonic
    }
}

/// A random duration between the two, so that clients which failed together do not come back together.
pub(crate) fn jittered(least: Duration, longest: Duration) -> Duration {
    let random = RandomState::new().hash_one(()) % 1000;
    let random = u32::try_from(random).unwrap_or_default();
    least + longest.saturating_sub(least) * random / 1000
}

/// The clock of the machine, the default of [`ConfigBuilder::clock`](crate::ConfigBuilder::clock).
///
/// On Linux it reads the kernel's coarse clocks (`CLOCK_REALTIME_COARSE`, `CLOCK_MONOTONIC_COARSE`), which are at
/// most one tick (1 to 10 ms) behind and take a fifth of the time to read: every request reads them.
#[derive(Debug, Clone, Default)]
pub struct SystemClock(machine::Clock);

impl SystemClock {
    /// The clock of the machine.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}

#[cfg(target_os = "linux")]
mod machine {
    use std::time::{Duration, SystemTime};

    use rustix::time::{ClockId, clock_gettime};

    #[derive(Debug, Clone, Default)]
    pub(super) struct Clock;

    impl Clock {
        #[expect(
            clippy::unused_self,
            reason = "the clock of other platforms has a start"
        )]
        pub(super) fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + read(ClockId::RealtimeCoarse)
        }

        #[expect(
            clippy::unused_self,
            reason = "the clock of other platforms has a start"
        )]
        pub(super) fn monotonic(&self) -> Duration {
            read(ClockId::MonotonicCoarse)
        }
    }

    fn read(clock: ClockId) -> Duration {
        Duration::try_from(clock_gettime(clock)).unwrap_or_default()
    }
}

#[cfg(not(target_os = "linux"))]
#[allow(
    clippy::disallowed_methods,
    reason = "only this module reads the clock of the machine"
)]
mod machine {
    use std::time::{Duration, Instant, SystemTime};

    #[derive(Debug, Clone)]
    pub(super) struct Clock(Instant);

    impl Default for Clock {
        fn default() -> Self {
            Self(Instant::now())
        }
    }

    impl Clock {
        pub(super) fn now(&self) -> SystemTime {
            SystemTime::now()
        }

        pub(super) fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
    }
}
