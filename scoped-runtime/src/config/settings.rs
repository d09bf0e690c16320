use std::sync::Arc;
use std::time::Duration;

use super::ConfigBuilder;
use crate::audit::{Audit, AuditFailure, AuditSink};
use crate::clock::{Clock, SystemClock};
use crate::error::Problem;
use crate::policy::MintPolicy;

/// Everything that has a default.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) request_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) root_certificates: Vec<Pem>,
    pub(crate) max_token_bytes: usize,
    pub(crate) max_url_bytes: usize,
    pub(crate) backdate: Duration,
    pub(crate) signer_timeout: Duration,
    pub(crate) audit: Audit,
    pub(crate) policy: MintPolicy,
    pub(crate) shared_sessions: usize,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A certificate's text, which is long and says nothing to a reader of `Debug`.
#[derive(Clone)]
pub(crate) struct Pem(pub(crate) Vec<u8>);

impl std::fmt::Debug for Pem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            root_certificates: Vec::new(),
            max_token_bytes: 4096,
            max_url_bytes: 8192,
            backdate: Duration::from_secs(5),
            signer_timeout: Duration::from_secs(5),
            audit: Audit::default(),
            policy: MintPolicy::new(),
            shared_sessions: 4096,
            clock: Arc::new(SystemClock::new()),
        }
    }
}

impl Settings {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        for (field, timeout) in [
            ("request_timeout", self.request_timeout),
            ("connect_timeout", self.connect_timeout),
            ("signer_timeout", self.signer_timeout),
        ] {
            if timeout.is_zero() {
                problems.push(Problem::new(field, "is zero", "give it at least a second"));
            }
        }
    }
}

/// What has a default.
impl ConfigBuilder {
    /// How long one request may take in all; 30 seconds by default.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.settings.request_timeout = timeout;
        self
    }

    /// How long making a connection may take; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Trusts one more certificate authority (PEM), for a self-hosted server with a private one.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.root_certificates.push(Pem(pem.into()));
        self
    }

    /// The largest token in bytes; 4096 by default, since gateways drop bigger headers.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_token_bytes = bytes;
        self
    }

    /// How long the path and the query of a URL may be, in bytes; 8192 by default, which gateways take.
    /// A longer one is an error before anything is sent.
    pub fn max_url_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_url_bytes = bytes;
        self
    }

    /// How much earlier than now a token says it was issued (`iat`), in whole seconds; 5 by default.
    /// A server without leeway whose clock is behind refuses a token from the future.
    pub fn backdate(mut self, time: Duration) -> Self {
        self.settings.backdate = time;
        self
    }

    /// How long a [`Signer`](crate::Signer) may take for one signature; 5 seconds by default.
    pub fn signer_timeout(mut self, timeout: Duration) -> Self {
        self.settings.signer_timeout = timeout;
        self
    }

    /// Records every token before it is used.
    pub fn audit(mut self, sink: impl AuditSink + 'static) -> Self {
        self.settings.audit.sink = Some(Arc::new(sink));
        self
    }

    /// What happens to a token that could not be recorded; it is thrown away by default.
    pub fn audit_failure(mut self, failure: AuditFailure) -> Self {
        self.settings.audit.failure = failure;
        self
    }

    /// Limits on every client of the project; none by default.
    pub fn mint_policy(mut self, policy: MintPolicy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// How many sessions are kept for sharing; 4096 by default, and 0 shares none.
    ///
    /// Clients with the same user, role, claims, lifetime, actor and reason share one token, so that
    /// a handler that makes a client for every request signs once an hour for each user.
    pub fn shared_sessions(mut self, sessions: usize) -> Self {
        self.settings.shared_sessions = sessions;
        self
    }

    /// Where the time comes from; the machine's clock by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }
}
