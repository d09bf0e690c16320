use std::time::Duration;

use super::{POSTGRES_DURATION, observe};
use crate::clock::Clock;

/// Measures one call over direct Postgres, including one whose future is dropped.
pub(crate) struct PostgresTimer<'a> {
    clock: &'a dyn Clock,
    began: Duration,
    operation: &'static str,
    outcome: &'static str,
}

impl<'a> PostgresTimer<'a> {
    pub(crate) fn begin(clock: &'a dyn Clock, operation: &'static str) -> Self {
        Self {
            clock,
            began: if cfg!(feature = "metrics") {
                clock.monotonic()
            } else {
                Duration::ZERO
            },
            operation,
            outcome: "cancelled",
        }
    }

    pub(crate) fn end(mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for PostgresTimer<'_> {
    fn drop(&mut self) {
        if cfg!(feature = "metrics") {
            let took = self.clock.monotonic().saturating_sub(self.began);
            let labels = [("operation", self.operation), ("outcome", self.outcome)];
            observe(POSTGRES_DURATION, &labels, took);
        }
    }
}
