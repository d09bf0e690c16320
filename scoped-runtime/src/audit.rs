//! Who acted as whom, and why: a record of every token before it is first used.

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

/// What is recorded of a token, and never the token itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MintRecord<'a> {
    /// The token's ID (`jti`), which the database sees too.
    pub jwt_id: String,
    /// The user that is acted as (`sub`).
    pub subject: &'a UserId,
    /// The database role.
    pub role: &'a Role,
    /// How sure Auth is taken to be of the user: `aal1`, or more if that was
    /// [decided](crate::ScopedClientBuilder::assume_aal2).
    pub aal: Aal,
    /// Who acts (`act`, RFC 8693 section 4.1), if that was said, with whoever acts for them in turn.
    pub actor: Option<&'a Actor>,
    /// Why, if that was said. It is in no token.
    pub reason: Option<&'a str>,
    /// The signing key's ID; a legacy secret has none.
    pub key_id: Option<&'a str>,
    /// When the token was issued (`iat`).
    pub issued_at: SystemTime,
    /// When it ends (`exp`).
    pub expires_at: SystemTime,
}

/// Where mints are recorded: [`ConfigBuilder::audit`](crate::ConfigBuilder::audit) takes one.
///
/// It is called once for every token, renewed ones too, before the token is first used. Where a task
/// waits for the token it runs on a thread of the runtime that may wait (`spawn_blocking`); where a
/// client is made, and in [`token`](crate::ScopedClient::token), on the caller's thread. Only those who
/// need this very token wait for it. A panic counts as a failure. A client whose token would have to be
/// recorded by the sink that is using it gives that sink an error.
///
/// For a record that is sent somewhere, see [`AsyncAuditSink`].
pub trait AuditSink: fmt::Debug + Send + Sync {
    /// Records a mint.
    ///
    /// # Errors
    /// Whatever went wrong. The token is then thrown away and the caller gets
    /// [`TokenError::Audit`](crate::TokenError::Audit), unless
    /// [`audit_failure`](crate::ConfigBuilder::audit_failure) says to go on.
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// So that a program can keep its sink and look into it.
impl<T: AuditSink + ?Sized> AuditSink for Arc<T> {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        (**self).record(record)
    }
}

/// The same as an [`AuditSink`], where recording waits for something:
/// [`ConfigBuilder::audit_async`](crate::ConfigBuilder::audit_async) takes one.
///
/// Making a client then mints nothing, queries wait for their token by themselves, and
/// [`token_async`](crate::ScopedClient::token_async) takes the place of
/// [`token`](crate::ScopedClient::token). It is given up on after
/// [`signer_timeout`](crate::ConfigBuilder::signer_timeout).
pub trait AsyncAuditSink: fmt::Debug + Send + Sync {
    /// Records a mint.
    ///
    /// # Errors
    /// As [`AuditSink::record`].
    fn record(
        &self,
        record: &MintRecord<'_>,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;
}

/// What happens to a token that could not be recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditFailure {
    /// It is thrown away: no record, no token.
    #[default]
    Stop,
    /// It is used all the same.
    Continue,
}

type Recorded = Result<(), Box<dyn Error + Send + Sync>>;

/// A sink with what to do when it fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct Audit {
    sink: Option<Sink>,
    pub(crate) failure: AuditFailure,
}

#[derive(Debug, Clone)]
enum Sink {
    Here(Arc<dyn AuditSink>),
    Elsewhere(Arc<dyn Elsewhere>),
}

/// [`AsyncAuditSink`] as an object.
trait Elsewhere: fmt::Debug + Send + Sync {
    fn record<'a>(
        &'a self,
        record: &'a MintRecord<'a>,
    ) -> Pin<Box<dyn Future<Output = Recorded> + Send + 'a>>;
}

impl<T: AsyncAuditSink> Elsewhere for T {
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

/// Whether this thread runs an audit sink.
pub(crate) fn is_recording() -> bool {
    IS_RECORDING.get()
}

struct Recording(bool);

impl Recording {
    fn begin() -> Self {
        Self(IS_RECORDING.replace(true))
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        IS_RECORDING.set(self.0);
    }
}

impl Audit {
    pub(crate) fn set(&mut self, sink: impl AuditSink + 'static) {
        self.sink = Some(Sink::Here(Arc::new(sink)));
    }

    pub(crate) fn set_async(&mut self, sink: impl AsyncAuditSink + 'static) {
        self.sink = Some(Sink::Elsewhere(Arc::new(sink)));
    }

    /// Whether anything is recorded.
    pub(crate) fn is_on(&self) -> bool {
        self.sink.is_some()
    }

    /// Whether recording waits for something.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self.sink, Some(Sink::Elsewhere(_)))
    }

    /// Records on this thread.
    pub(crate) fn record(&self, record: &MintRecord<'_>) -> Recorded {
        let Some(Sink::Here(sink)) = &self.sink else {
            return Ok(());
        };
        let _recording = Recording::begin();
        let outcome = catch_unwind(AssertUnwindSafe(|| sink.record(record)));
        self.judge(outcome.unwrap_or_else(|_| Err(PANICKED.into())))
    }

    /// Records, and waits for that if need be.
    pub(crate) async fn record_async(&self, record: &MintRecord<'_>) -> Recorded {
        let Some(Sink::Elsewhere(sink)) = &self.sink else {
            return self.record(record);
        };
        let making = catch_unwind(AssertUnwindSafe(|| {
            let _recording = Recording::begin();
            sink.record(record)
        }));
        let Ok(recording) = making else {
            return self.judge(Err(PANICKED.into()));
        };
        let mut recording = pin!(AssertUnwindSafe(recording).catch_unwind());
        let outcome = std::future::poll_fn(|cx| {
            let _recording = Recording::begin();
            recording.as_mut().poll(cx)
        })
        .await;
        self.judge(outcome.unwrap_or_else(|_| Err(PANICKED.into())))
    }

    /// What a failure means.
    pub(crate) fn judge(&self, outcome: Recorded) -> Recorded {
        match self.failure {
            AuditFailure::Stop => outcome,
            AuditFailure::Continue => Ok(()),
        }
    }
}

const PANICKED: &str = "the audit sink panicked";

/// Records mints as `tracing` events of level `INFO` with target `scoped_runtime::audit`.
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
