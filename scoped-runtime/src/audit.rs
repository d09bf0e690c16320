//! Who acted as whom, and why: a record of every token before it is first used.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::claims::{Actor, Role, UserId};

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
/// It is called once for every token, renewed ones too, before the token is first used. It runs on
/// the caller's thread while that mints: hand the record on to a queue or a file. Do not wait for a
/// network there, and do not use a scoped client.
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

/// What happens to a token that could not be recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditFailure {
    /// It is thrown away: no record, no token.
    #[default]
    Stop,
    /// It is used all the same.
    Continue,
}

/// A sink with what to do when it fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct Audit {
    pub(crate) sink: Option<Arc<dyn AuditSink>>,
    pub(crate) failure: AuditFailure,
}

impl Audit {
    pub(crate) fn record(
        &self,
        record: &MintRecord<'_>,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Some(sink) = &self.sink else {
            return Ok(());
        };
        match (sink.record(record), self.failure) {
            (Err(error), AuditFailure::Stop) => Err(error),
            (Ok(()) | Err(_), _) => Ok(()),
        }
    }

    /// Whether anyone listens.
    pub(crate) fn is_on(&self) -> bool {
        self.sink.is_some()
    }
}

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
