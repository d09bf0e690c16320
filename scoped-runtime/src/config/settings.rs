use std::sync::Arc;
use std::time::Duration;

use super::{ConfigBuilder, Connections, Limits};
use crate::audit::{AsyncAuditSink, Audit, AuditFailure, AuditSink};
use crate::clock::{Clock, SystemClock};
use crate::error::Problem;
use crate::mint_policy::MintPolicy;

/// Everything that has a default.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) request_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) body_idle_timeout: Duration,
    pub(crate) connections: Connections,
    pub(crate) limits: Limits,
    pub(crate) max_token_bytes: usize,
    pub(crate) max_url_bytes: usize,
    pub(crate) backdate: Duration,
    pub(crate) signer_timeout: Duration,
    pub(crate) audit: Audit,
    pub(crate) policy: MintPolicy,
    pub(crate) shared_sessions: usize,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            body_idle_timeout: Duration::from_secs(30),
            connections: Connections::default(),
            limits: Limits::new(),
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
            ("body_idle_timeout", self.body_idle_timeout),
            ("signer_timeout", self.signer_timeout),
        ] {
            if timeout.is_zero() {
                problems.push(Problem::new(field, "is zero", "give it at least a second"));
            }
        }
        self.connections.check(problems);
        self.limits.check(problems);
    }
}

/// What has a default.
impl ConfigBuilder {
    /// How long one request may take in all; 30 seconds by default. That is everything together: a
    /// token that has to be signed elsewhere, a connection, every try and the pauses between them.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.settings.request_timeout = timeout;
        self
    }

    /// How long making a connection may take; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// How long the next bytes of an answer may take that is read as a stream; 30 seconds by default.
    /// The time of such a request ends with the answer's head.
    pub fn body_idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.body_idle_timeout = timeout;
        self
    }

    /// The largest answers, headers and key sets that are read.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
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
        self.settings.audit.set(sink);
        self
    }

    /// The same with a sink that waits for something, such as another service.
    pub fn audit_async(mut self, sink: impl AsyncAuditSink + 'static) -> Self {
        self.settings.audit.set_async(sink);
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
