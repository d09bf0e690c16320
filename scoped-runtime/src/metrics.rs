//! Metrics of this library, recorded through the facade of the crate `metrics` (feature `metrics`).
//!
//! The names of the metrics are constants, for dashboards and tests; without the feature, nothing is recorded.
//! Every label has a small fixed set of values: labels never contain users, filters, tables or secrets.
//! [The guide to operations](crate::docs::operations) has a table of all metrics.
//!
//! ```no_run
//! # #[cfg(feature = "metrics")] {
//! // After an exporter was installed, such as `metrics_exporter_prometheus::PrometheusBuilder`:
//! scoped_runtime::metrics::describe();
//! # }
//! ```

use std::time::Duration;

use http::Method;

use crate::clock::Clock;
use crate::config::SERVICES;
use crate::error::{CallerError, ClientError, Error, TokenError};

/// A counter of minted tokens. The label `kind` is `first` for the first token of a session, or `renewal`.
pub const MINTS: &str = "scoped_runtime_mints_total";

/// A counter of failed mints. The label `reason` is `policy` (the mint policy refused the token), `signer`,
/// `audit` or `other`.
pub const MINT_FAILURES: &str = "scoped_runtime_mint_failures_total";

/// A counter of created clients. The label `session` is `shared` if the client shares the session of an equal
/// client (a hit of the session cache), or `own`.
pub const CLIENTS: &str = "scoped_runtime_clients_total";

/// A counter of verifications of callers' tokens. The label `outcome` is `remembered` (the signature was
/// cached), `verified` or `refused`.
pub const VERIFICATIONS: &str = "scoped_runtime_verifications_total";

/// A counter of refused tokens of callers. The label `reason` is `expired`, `signature`, `key`, `form`
/// (missing, malformed or too large), `claims`, or `unavailable` (the project's keys could not be fetched).
pub const VERIFICATION_REFUSALS: &str = "scoped_runtime_verification_refusals_total";

/// A counter of retries. The label `service` is that of [`REQUEST_DURATION`]. The label `reason` is `failure`
/// (the connection was lost, or the server was busy), `expired_token`, or `clock` (the server's clock is
/// behind, so that it does not accept the token yet).
pub const RETRIES: &str = "scoped_runtime_retries_total";

/// A histogram of the duration of requests in seconds, including retries, from the start to the end of the
/// answer, or to the end of its head for a stream. Its count is the number of requests. The label `service` is
/// `rest`, `auth`, `storage`, `functions`, `graphql`, `realtime` or `other`; `method` is the HTTP method;
/// `status` is `2xx` to `5xx`, or without an answer `timeout`, `connection`, `token`, `closed`, `cancelled`
/// (the future was dropped) or `other`.
pub const REQUEST_DURATION: &str = "scoped_runtime_request_duration_seconds";

/// A histogram of the duration of calls over direct Postgres in seconds (feature `postgres`), with the wait for a
/// connection. The label `operation` is `query` (a statement of its own) or `transaction`; `outcome` is `ok`,
/// `rolled_back` (the closure of a transaction returned an error), `refused` (PostgreSQL refused a statement),
/// `timeout`, `connection`, `token`, `closed`, `cancelled` (the future was dropped) or `other`.
pub const POSTGRES_DURATION: &str = "scoped_runtime_postgres_duration_seconds";

/// Describes each metric and its unit to the recorder. Call it once, after the recorder was installed.
#[cfg(feature = "metrics")]
pub fn describe() {
    use ::metrics::{Unit, describe_counter, describe_histogram};

    describe_counter!(MINTS, Unit::Count, "minted tokens");
    describe_counter!(
        MINT_FAILURES,
        Unit::Count,
        "tokens that could not be minted"
    );
    describe_counter!(CLIENTS, Unit::Count, "created clients");
    describe_counter!(
        VERIFICATIONS,
        Unit::Count,
        "verifications of callers' tokens"
    );
    describe_counter!(
        VERIFICATION_REFUSALS,
        Unit::Count,
        "refused tokens of callers"
    );
    describe_counter!(RETRIES, Unit::Count, "retried requests");
    describe_histogram!(
        REQUEST_DURATION,
        Unit::Seconds,
        "duration of requests, including retries"
    );
    describe_histogram!(
        POSTGRES_DURATION,
        Unit::Seconds,
        "duration of calls over direct Postgres"
    );
}

pub(crate) fn minted(is_renewal: bool) {
    let kind = if is_renewal { "renewal" } else { "first" };
    count(MINTS, &[("kind", kind)]);
}

pub(crate) fn mint_failed(error: &TokenError) {
    let reason = match error {
        TokenError::RefusedByPolicy { .. } => "policy",
        TokenError::Signer { .. } | TokenError::SignerTimeout { .. } => "signer",
        TokenError::Audit { .. } => "audit",
        _ => "other",
    };
    count(MINT_FAILURES, &[("reason", reason)]);
}

/// Records a client that the mint policy refused before it had a session.
pub(crate) fn client_refused() {
    count(MINT_FAILURES, &[("reason", "policy")]);
}

pub(crate) fn client_made(is_shared: bool) {
    let session = if is_shared { "shared" } else { "own" };
    count(CLIENTS, &[("session", session)]);
}

/// How the signature of a caller's token was checked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SignatureCheck {
    Cached,
    Performed,
}

/// Records the verification of a caller's token, and the error if the token was refused.
pub(crate) fn verified(problem: Option<&CallerError>, signature_check: SignatureCheck) {
    let Some(error) = problem else {
        let outcome = match signature_check {
            SignatureCheck::Cached => "remembered",
            SignatureCheck::Performed => "verified",
        };
        return count(VERIFICATIONS, &[("outcome", outcome)]);
    };
    let reason = match error {
        CallerError::Expired => "expired",
        CallerError::Signature => "signature",
        CallerError::Algorithm | CallerError::UnknownKey | CallerError::MissingKeyId => "key",
        CallerError::Missing | CallerError::TooLarge { .. } | CallerError::Malformed { .. } => {
            "form"
        }
        CallerError::KeysUnavailable { .. } => "unavailable",
        _ => "claims",
    };
    count(VERIFICATIONS, &[("outcome", "refused")]);
    count(VERIFICATION_REFUSALS, &[("reason", reason)]);
}

/// Why a request is retried.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RetryReason {
    Failure,
    ExpiredToken,
    Clock,
}

pub(crate) fn retried(target: &str, why: RetryReason) {
    let reason = match why {
        RetryReason::Failure => "failure",
        RetryReason::ExpiredToken => "expired_token",
        RetryReason::Clock => "clock",
    };
    count(RETRIES, &[("service", service(target)), ("reason", reason)]);
}

/// Measures one request, including one whose future is dropped.
pub(crate) struct RequestTimer<'a> {
    clock: &'a dyn Clock,
    began: Duration,
    target: &'a str,
    method: &'a Method,
    status: &'static str,
}

impl<'a> RequestTimer<'a> {
    pub(crate) fn begin(clock: &'a dyn Clock, method: &'a Method, target: &'a str) -> Self {
        Self {
            clock,
            began: if cfg!(feature = "metrics") {
                clock.monotonic()
            } else {
                Duration::ZERO
            },
            target,
            method,
            status: "cancelled",
        }
    }

    pub(crate) fn end(mut self, outcome: Result<u16, &Error>) {
        self.status = match outcome {
            Ok(status) => class(status),
            Err(Error::Api(error)) => class(error.status()),
            Err(Error::Token(_)) => "token",
            Err(Error::Client(ClientError::Timeout { .. })) => "timeout",
            Err(Error::Client(ClientError::Transport { .. })) => "connection",
            Err(Error::Client(ClientError::Closed)) => "closed",
            Err(Error::Client(ClientError::Redirect { status, .. })) => class(*status),
            Err(_) => "other",
        };
    }
}

impl Drop for RequestTimer<'_> {
    fn drop(&mut self) {
        if cfg!(feature = "metrics") {
            let took = self.clock.monotonic().saturating_sub(self.began);
            let labels = [
                ("service", service(self.target)),
                ("method", method(self.method)),
                ("status", self.status),
            ];
            observe(REQUEST_DURATION, &labels, took);
        }
    }
}

/// Measures one call over direct Postgres, including one whose future is dropped.
#[cfg(feature = "postgres")]
pub(crate) struct PostgresTimer<'a> {
    clock: &'a dyn Clock,
    began: Duration,
    operation: &'static str,
    outcome: &'static str,
}

#[cfg(feature = "postgres")]
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

#[cfg(feature = "postgres")]
impl Drop for PostgresTimer<'_> {
    fn drop(&mut self) {
        if cfg!(feature = "metrics") {
            let took = self.clock.monotonic().saturating_sub(self.began);
            let labels = [("operation", self.operation), ("outcome", self.outcome)];
            observe(POSTGRES_DURATION, &labels, took);
        }
    }
}

/// The service of a path below the project's URL.
fn service(target: &str) -> &'static str {
    let first = target.split(['/', '?']).next().unwrap_or_default();
    let known = SERVICES.into_iter().find(|service| *service == first);
    known.unwrap_or("other")
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "other",
    }
}

type Labels<'a> = &'a [(&'static str, &'static str)];

#[cfg(feature = "metrics")]
fn count(name: &'static str, labels: Labels<'_>) {
    ::metrics::counter!(name, labels).increment(1);
}

#[cfg(feature = "metrics")]
fn observe(name: &'static str, labels: Labels<'_>, took: Duration) {
    ::metrics::histogram!(name, labels).record(took.as_secs_f64());
}

#[cfg(not(feature = "metrics"))]
fn count(_: &'static str, _: Labels<'_>) {}

#[cfg(not(feature = "metrics"))]
fn observe(_: &'static str, _: Labels<'_>, _: Duration) {}
