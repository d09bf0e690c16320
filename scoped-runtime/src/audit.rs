//! The audit: a record of every minted token, written before the token is first used.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::SystemTime;

use futures_util::FutureExt;

use crate::claims::{Aal, Actor, Role, UserId};
use crate::thread_flag::Flagged;

/// The record of one mint, which an [`AuditSink`] receives. It never contains the token itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MintRecord<'a> {
    /// What was minted: a signed token, or claims for direct Postgres.
    pub purpose: MintPurpose,
    /// The JWT ID (claim `jti`), which policies and functions of the database can read too.
    pub jwt_id: String,
    /// The ID of the user whom the token is for (claim `sub`).
    pub subject: &'a UserId,
    /// The database role (claim `role`).
    pub role: &'a Role,
    /// The authenticator assurance level (claim `aal`): `aal1`, or `aal2` if the client was made with
    /// [`assume_aal2`](crate::ScopedClientBuilder::assume_aal2).
    pub aal: Aal,
    /// The actor that acts as the user (claim `act`, RFC 8693, section 4.1), if the client has one; it contains the
    /// further actors of the chain.
    pub actor: Option<&'a Actor>,
    /// The reason given to [`reason`](crate::ScopedClientBuilder::reason), if any. It is not in the token.
    pub reason: Option<&'a str>,
    /// The ID of the signing key (`kid`); `None` for the legacy JWT secret, and for claims that nothing signs.
    pub key_id: Option<&'a str>,
    /// The time at which the token was issued (claim `iat`).
    pub issued_at: SystemTime,
    /// The time at which the token expires (claim `exp`).
    pub expires_at: SystemTime,
}

/// What a mint is for; see [`MintRecord::purpose`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MintPurpose {
    /// A signed token, which is sent with requests.
    Token,
    /// The claims of such a token without a signature, which are set on connections to Postgres (feature
    /// `postgres`).
    Postgres,
}

impl MintPurpose {
    /// The purpose as logs have it: `token` or `postgres`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Postgres => "postgres",
        }
    }
}

/// Records mints: [`ConfigBuilder::audit`](crate::ConfigBuilder::audit) takes one. For a sink that has to await
/// something, see [`AsyncAuditSink`].
///
/// The sink is called once for every token, including renewed ones, before the token is first used. Only
/// callers that need this token wait for the sink.
///
/// - The sink may block. In an async task it runs on tokio's pool for blocking work (`spawn_blocking`). When a
///   client is made, and in [`ScopedClient::token`](crate::ScopedClient::token), it runs on the caller's thread.
/// - A panic of the sink counts as an error.
/// - A sink may use a client, unless the token of that client has to be recorded by the same sink: that client
///   then returns [`TokenError::Audit`](crate::TokenError::Audit).
///
/// ```
/// use scoped_runtime::{AuditSink, MintRecord};
/// use std::sync::mpsc::Sender;
///
/// /// Hands one line for each mint to another thread.
/// #[derive(Debug)]
/// struct Lines(Sender<String>);
///
/// impl AuditSink for Lines {
///     fn record(&self, mint: &MintRecord<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///         let actor = mint.actor.map_or("-".to_owned(), ToString::to_string);
///         self.0.send(format!("{} {} as {}", mint.jwt_id, actor, mint.subject))?;
///         Ok(())
///     }
/// }
///
/// let (sender, lines) = std::sync::mpsc::channel();
/// let builder = scoped_runtime::Config::builder().audit(Lines(sender));
/// # let _ = (builder, lines);
/// ```
pub trait AuditSink: fmt::Debug + Send + Sync {
    /// Records a mint.
    ///
    /// # Errors
    /// Any error means that the mint was not recorded. By default the token is discarded and the caller gets
    /// [`TokenError::Audit`](crate::TokenError::Audit) with the error as its source;
    /// [`ConfigBuilder::audit_failure`](crate::ConfigBuilder::audit_failure) changes that. The error must not
    /// contain secrets.
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// A program can keep a clone of its sink, for example to read the records in a test.
impl<T: AuditSink + ?Sized> AuditSink for Arc<T> {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        (**self).record(record)
    }
}

/// Records mints asynchronously, for example in another service:
/// [`ConfigBuilder::audit_async`](crate::ConfigBuilder::audit_async) takes one. It is called as an [`AuditSink`]
/// is.
///
/// With such a sink no token is minted when a client is made. Queries await their token by themselves;
/// [`ScopedClient::token_async`](crate::ScopedClient::token_async) takes the place of
/// [`ScopedClient::token`](crate::ScopedClient::token). Signing and recording together are limited by
/// [`signer_timeout`](crate::ConfigBuilder::signer_timeout).
pub trait AsyncAuditSink: fmt::Debug + Send + Sync {
    /// Records a mint.
    ///
    /// # Errors
    /// The same as for [`AuditSink::record`].
    fn record(
        &self,
        record: &MintRecord<'_>,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;
}

/// What happens to a token whose mint could not be recorded;
/// [`ConfigBuilder::audit_failure`](crate::ConfigBuilder::audit_failure) takes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditFailure {
    /// The token is discarded and the caller gets [`TokenError::Audit`](crate::TokenError::Audit).
    #[default]
    Stop,
    /// The token is used without a record.
    Continue,
}

type Recorded = Result<(), Box<dyn Error + Send + Sync>>;

/// The audit sink of a project, if any, and what its failure means.
#[derive(Debug, Clone, Default)]
pub(crate) struct Audit {
    sink: Option<Sink>,
    pub(crate) failure: AuditFailure,
}

#[derive(Debug, Clone)]
enum Sink {
    Blocking(Arc<dyn AuditSink>),
    Async(Arc<dyn DynAsyncAuditSink>),
}

/// The dyn-compatible form of [`AsyncAuditSink`].
trait DynAsyncAuditSink: fmt::Debug + Send + Sync {
    fn record<'a>(
        &'a self,
        record: &'a MintRecord<'a>,
    ) -> Pin<Box<dyn Future<Output = Recorded> + Send + 'a>>;
}

impl<T: AsyncAuditSink> DynAsyncAuditSink for T {
    fn record<'a>(
        &'a self,
        record: &'a MintRecord<'a>,
    ) -> Pin<Box<dyn Future<Output = Recorded> + Send + 'a>> {
        Box::pin(AsyncAuditSink::record(self, record))
    }
}

thread_local! {
    static IS_RECORDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is running an audit sink.
pub(crate) fn is_recording() -> bool {
    IS_RECORDING.get()
}

impl Audit {
    pub(crate) fn set(&mut self, sink: impl AuditSink + 'static) {
        self.sink = Some(Sink::Blocking(Arc::new(sink)));
    }

    pub(crate) fn set_async(&mut self, sink: impl AsyncAuditSink + 'static) {
        self.sink = Some(Sink::Async(Arc::new(sink)));
    }

    /// Whether there is a sink.
    pub(crate) fn is_enabled(&self) -> bool {
        self.sink.is_some()
    }

    /// Whether the sink is an [`AsyncAuditSink`].
    pub(crate) fn is_async(&self) -> bool {
        matches!(self.sink, Some(Sink::Async(_)))
    }

    /// Records on this thread; an async sink is not called.
    pub(crate) fn record(&self, record: &MintRecord<'_>) -> Recorded {
        let Some(Sink::Blocking(sink)) = &self.sink else {
            return Ok(());
        };
        let _recording = Flagged::begin(&IS_RECORDING);
        let outcome = catch_unwind(AssertUnwindSafe(|| sink.record(record)));
        self.apply_failure_policy(outcome.unwrap_or_else(|_| Err(PANICKED.into())))
    }

    /// Records, and awaits an async sink.
    pub(crate) async fn record_async(&self, record: &MintRecord<'_>) -> Recorded {
        let Some(Sink::Async(sink)) = &self.sink else {
            return self.record(record);
        };
        let making = catch_unwind(AssertUnwindSafe(|| {
            let _recording = Flagged::begin(&IS_RECORDING);
            sink.record(record)
        }));
        let Ok(recording) = making else {
            return self.apply_failure_policy(Err(PANICKED.into()));
        };
        let mut recording = pin!(AssertUnwindSafe(recording).catch_unwind());
        let outcome = std::future::poll_fn(|cx| {
            let _recording = Flagged::begin(&IS_RECORDING);
            recording.as_mut().poll(cx)
        })
        .await;
        self.apply_failure_policy(outcome.unwrap_or_else(|_| Err(PANICKED.into())))
    }

    /// Turns a failure into success if the configuration says to continue.
    pub(crate) fn apply_failure_policy(&self, outcome: Recorded) -> Recorded {
        match self.failure {
            AuditFailure::Stop => outcome,
            AuditFailure::Continue => Ok(()),
        }
    }
}

const PANICKED: &str = "the audit sink panicked";

/// Records mints as `tracing` events of level `INFO` with target `scoped_runtime::audit` (feature `tracing`).
///
/// The fields are `purpose`, `jti`, `sub`, `role`, `aal`, `act`, `reason`, `kid`, and `iat` and `exp` in seconds since 1970.
#[cfg(feature = "tracing")]
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingAudit;

#[cfg(feature = "tracing")]
impl AuditSink for TracingAudit {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        let seconds = |time: SystemTime| {
            let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH);
            since_epoch.map_or(0, |since| since.as_secs())
        };
        let actor = record.actor.map(ToString::to_string);
        tracing::info!(
            target: "scoped_runtime::audit",
            purpose = record.purpose.as_str(),
            jti = record.jwt_id,
            sub = record.subject.as_str(),
            role = record.role.as_str(),
            aal = record.aal.as_str(),
            act = actor.as_deref(),
            reason = record.reason,
            kid = record.key_id,
            iat = seconds(record.issued_at),
            exp = seconds(record.expires_at),
            "token minted"
        );
        Ok(())
    }
}
