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

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "realtime")]
mod realtime;
mod request;

use std::time::Duration;

use crate::clock::Clock;
use crate::config::SERVICES;
use crate::error::{CallerError, TokenError};

#[cfg(feature = "postgres")]
pub(crate) use self::postgres::PostgresTimer;
#[cfg(feature = "realtime")]
pub(crate) use self::realtime::{
    OpenConnection, realtime_event_dropped, realtime_join_refused, realtime_reconnected,
};
pub(crate) use self::request::RequestTimer;

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

/// A counter of retries. The label `service` has the values that it has in [`REQUEST_DURATION`]. The label `reason`
/// is `failure` (the connection was lost, or the server was busy), `expired_token`, or `clock` (the server's clock is
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

/// A gauge of the open connections to Realtime (feature `realtime`), with those that only ask whether a private channel may
/// be joined.
pub const REALTIME_CONNECTIONS: &str = "scoped_runtime_realtime_connections";

/// A counter of connections to Realtime that were made again after they had been lost.
pub const REALTIME_RECONNECTS: &str = "scoped_runtime_realtime_reconnects_total";

/// A counter of channels that Realtime refused to join. The label `kind` is `new_token` (the token was refused),
/// `permanent` (a policy or a setting says no), `limit` or `transient`.
pub const REALTIME_REFUSED_JOINS: &str = "scoped_runtime_realtime_refused_joins_total";

/// A counter of events of Realtime that were dropped because the queue of their channel was full.
pub const REALTIME_DROPPED_EVENTS: &str = "scoped_runtime_realtime_dropped_events_total";

/// Describes each metric and its unit to the recorder. Call it once, after the recorder was installed.
#[cfg(feature = "metrics")]
pub fn describe() {
    use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

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
    describe_gauge!(
        REALTIME_CONNECTIONS,
        Unit::Count,
        "open connections to Realtime"
    );
    describe_counter!(
        REALTIME_RECONNECTS,
        Unit::Count,
        "connections to Realtime that were made again"
    );
    describe_counter!(
        REALTIME_REFUSED_JOINS,
        Unit::Count,
        "channels that Realtime refused to join"
    );
    describe_counter!(
        REALTIME_DROPPED_EVENTS,
        Unit::Count,
        "events of Realtime that were dropped"
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

/// The service of a path below the project's URL.
fn service(target: &str) -> &'static str {
    let first = target.split(['/', '?']).next().unwrap_or_default();
    let known = SERVICES.into_iter().find(|service| *service == first);
    known.unwrap_or("other")
}

type Labels<'a> = &'a [(&'static str, &'static str)];

/// The time since the beginning of what is measured. Without the feature `metrics` the clock is not read.
struct Stopwatch<'a> {
    clock: &'a dyn Clock,
    began: Duration,
}

impl<'a> Stopwatch<'a> {
    fn begin(clock: &'a dyn Clock) -> Self {
        let began = if cfg!(feature = "metrics") {
            clock.monotonic()
        } else {
            Duration::ZERO
        };
        Self { clock, began }
    }

    fn observe(&self, name: &'static str, labels: Labels<'_>) {
        if cfg!(feature = "metrics") {
            let took = self.clock.monotonic().saturating_sub(self.began);
            observe(name, labels, took);
        }
    }
}

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
