use super::{POSTGRES_DURATION, Stopwatch};
use crate::clock::Clock;

/// Measures one call over direct Postgres, including one whose future is dropped.
pub(crate) struct PostgresTimer<'a> {
    stopwatch: Stopwatch<'a>,
    operation: &'static str,
    outcome: &'static str,
}

impl<'a> PostgresTimer<'a> {
    pub(crate) fn begin(clock: &'a dyn Clock, operation: &'static str) -> Self {
        Self {
            stopwatch: Stopwatch::begin(clock),
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
        let labels = [("operation", self.operation), ("outcome", self.outcome)];
        self.stopwatch.observe(POSTGRES_DURATION, &labels);
    }
}
