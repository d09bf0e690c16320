use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::clock::{self, Clock};

/// The project's clock as a timer for hyper.
#[derive(Debug, Clone)]
pub(super) struct ClockTimer {
    clock: Arc<dyn Clock>,
    /// One moment, as an instant and on the project's clock.
    start: (Instant, Duration),
}

impl ClockTimer {
    #[expect(
        clippy::disallowed_methods,
        reason = "hyper measures time in instants, which a `Clock` does not have; only differences are used"
    )]
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let start = (Instant::now(), clock.monotonic());
        Self { clock, start }
    }
}

impl hyper::rt::Timer for ClockTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        let moment = self.clock.monotonic().saturating_add(duration);
        Box::pin(ClockSleep(self.clock.sleep_until(moment)))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        let moment = self.start.1 + deadline.saturating_duration_since(self.start.0);
        Box::pin(ClockSleep(self.clock.sleep_until(moment)))
    }

    fn now(&self) -> Instant {
        self.start.0 + self.clock.monotonic().saturating_sub(self.start.1)
    }
}

struct ClockSleep(clock::Sleep);

impl Future for ClockSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

impl hyper::rt::Sleep for ClockSleep {}
