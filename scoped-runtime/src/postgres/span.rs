//! One `tracing` span and one measurement for each call, with the attribute names of OpenTelemetry's database
//! conventions. No SQL is in them: it may hold values.

use std::future::Future;

use crate::client::Core;
use crate::error::{ClientError, Error, PostgresError};
use crate::metrics::PostgresTimer;

/// A call that is observed from its beginning to its end.
pub(crate) struct Observed<'a> {
    timer: PostgresTimer<'a>,
    span: CallSpan,
}

impl<'a> Observed<'a> {
    pub(super) fn begin(core: &'a Core, operation: &'static str) -> Self {
        Self {
            timer: PostgresTimer::begin(&*core.settings().clock, operation),
            span: CallSpan::begin(operation),
        }
    }

    pub(super) async fn run_statement<T>(
        self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let outcome = self.span.run(work).await;
        self.end(outcome.as_ref().err(), "ok");
        outcome
    }

    /// Runs a transaction, whose closure has errors of its own.
    pub(super) async fn run_transaction<T, E: From<Error>>(
        self,
        work: impl Future<Output = Result<Result<T, E>, Error>>,
    ) -> Result<T, E> {
        let outcome = self.span.run(work).await;
        self.ended(outcome)
    }

    /// Ends the observation of a transaction.
    pub(crate) fn ended<T, E: From<Error>>(
        self,
        outcome: Result<Result<T, E>, Error>,
    ) -> Result<T, E> {
        let without_error = match &outcome {
            Ok(Err(_)) => "rolled_back",
            _ => "ok",
        };
        self.end(outcome.as_ref().err(), without_error);
        outcome?
    }

    fn end(self, error: Option<&Error>, without_error: &'static str) {
        let outcome = error.map_or(without_error, outcome_of);
        self.span.end(error, outcome);
        self.timer.end(outcome);
    }
}

fn outcome_of(error: &Error) -> &'static str {
    match error {
        Error::Postgres(PostgresError::Database(_)) => "refused",
        Error::Postgres(PostgresError::Timeout { .. }) => "timeout",
        Error::Postgres(PostgresError::Connection { .. }) => "connection",
        Error::Token(_) => "token",
        Error::Client(ClientError::Closed) => "closed",
        _ => "other",
    }
}

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use tracing::field::Empty;
    use tracing::{Instrument, Level, Span};

    use crate::error::{Error, PostgresError};

    pub(super) struct CallSpan(Span);

    impl CallSpan {
        pub(super) fn begin(operation: &'static str) -> Self {
            Self(tracing::span!(
                target: "scoped_runtime::postgres",
                Level::INFO,
                "postgres",
                otel.name = operation,
                otel.kind = "client",
                otel.status_code = Empty,
                db.system.name = "postgresql",
                db.operation.name = operation,
                db.response.status_code = Empty,
                error.type = Empty,
            ))
        }

        pub(super) fn run<T>(&self, work: impl Future<Output = T>) -> impl Future<Output = T> {
            work.instrument(self.0.clone())
        }

        pub(super) fn end(&self, error: Option<&Error>, outcome: &'static str) {
            let Some(error) = error else {
                tracing::debug!(target: "scoped_runtime::postgres", parent: &self.0, outcome, "ended");
                return;
            };
            if let Error::Postgres(PostgresError::Database(error)) = error {
                self.0.record("db.response.status_code", error.code());
            }
            self.0.record("otel.status_code", "ERROR");
            self.0.record("error.type", outcome);
            tracing::debug!(target: "scoped_runtime::postgres", parent: &self.0, "failed");
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;

    use crate::error::Error;

    /// Does nothing, without the feature `tracing`.
    pub(super) struct CallSpan;

    #[expect(
        clippy::unused_self,
        reason = "the methods are those of the module `on`"
    )]
    impl CallSpan {
        pub(super) fn begin(_: &'static str) -> Self {
            Self
        }

        pub(super) fn run<T>(&self, work: impl Future<Output = T>) -> impl Future<Output = T> {
            work
        }

        pub(super) fn end(&self, _: Option<&Error>, _: &'static str) {}
    }
}

#[cfg(not(feature = "tracing"))]
use off::CallSpan;
#[cfg(feature = "tracing")]
use on::CallSpan;
