//! Time as a parameter, so that a test moves it instead of sleeping.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};

/// Where a project reads the time. Give your own to
/// [`ConfigBuilder::clock`](crate::ConfigBuilder::clock) to test what happens when tokens expire.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall clock, which may jump in either direction.
    fn now(&self) -> SystemTime;

    /// The time since some fixed moment, which never runs backwards.
    fn monotonic(&self) -> Duration;

    /// Completes when [`monotonic`](Self::monotonic) has reached this moment. Deadlines, retries and
    /// renewals wait with it. The default asks tokio's timer for what is left at the time of the call;
    /// a clock that a test moves completes it when it is moved that far.
    fn sleep_until(&self, moment: Duration) -> Sleep {
        let left = moment.saturating_sub(self.monotonic());
        Box::pin(tokio::time::sleep(left))
    }
}

/// What [`Clock::sleep_until`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// Waits for this, for as long as that at most by this clock.
pub(crate) async fn within<T>(
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

/// The clock of this machine.
///
/// On Linux it is the kernel's coarse one, which is at most a tick (1 to 10 ms) behind and costs a fifth:
/// it is read before every request.
#[derive(Debug, Default)]
pub struct SystemClock(machine::Clock);

impl SystemClock {
    /// The clock of this machine.
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

    #[derive(Debug, Default)]
    pub(super) struct Clock;

    impl Clock {
        #[expect(clippy::unused_self, reason = "other machines' clocks have a start")]
        pub(super) fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + read(ClockId::RealtimeCoarse)
        }

        #[expect(clippy::unused_self, reason = "other machines' clocks have a start")]
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
    reason = "this is the one place that reads the clock"
)]
mod machine {
    use std::time::{Duration, Instant, SystemTime};

    #[derive(Debug)]
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
