use std::sync::Arc;
use std::time::Duration;

use super::{ConfigBuilder, Connections, Limits};
use crate::audit::{AsyncAuditSink, Audit, AuditFailure, AuditSink};
use crate::clock::{Clock, SystemClock};
use crate::error::Problem;
use crate::mint_policy::MintPolicy;

/// The settings that have a default.
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

/// Settings that have a default.
impl ConfigBuilder {
    /// The timeout of a request; 30 seconds by default. It covers everything: the renewal of the token, the
    /// connection, all attempts and the pauses between them.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.settings.request_timeout = timeout;
        self
    }

    /// The timeout for making a connection (name lookup, TCP, TLS); 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// The timeout for the next part of a streamed response; 30 seconds by default. For such a response,
    /// [`request_timeout`](Self::request_timeout) ends with the response's head.
    pub fn body_idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.body_idle_timeout = timeout;
        self
    }

    /// The maximum sizes of responses, headers and key sets.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// The maximum size of a token in bytes; 4096 by default, because gateways reject larger headers. A larger
    /// token is [`TokenError::TooLarge`](crate::TokenError::TooLarge).
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_token_bytes = bytes;
        self
    }

    /// The maximum length of the path and query of a URL, in bytes; 8192 by default, which gateways accept. A
    /// longer one is [`ClientError::UrlTooLong`](crate::ClientError::UrlTooLong), and nothing is sent.
    pub fn max_url_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_url_bytes = bytes;
        self
    }

    /// How much earlier than the time of the mint `iat` is, in whole seconds; 5 by default. Without it, a server
    /// whose clock is behind and which allows no leeway refuses the token.
    pub fn backdate(mut self, time: Duration) -> Self {
        self.settings.backdate = time;
        self
    }

    /// The timeout for one mint with a remote [`Signer`](crate::Signer) or an audit sink; 5 seconds by default.
    pub fn signer_timeout(mut self, timeout: Duration) -> Self {
        self.settings.signer_timeout = timeout;
        self
    }

    /// Records every mint before the token is used. No mint is recorded by default.
    pub fn audit(mut self, sink: impl AuditSink + 'static) -> Self {
        self.settings.audit.set(sink);
        self
    }

    /// Records every mint with an async sink, such as a client of another service.
    pub fn audit_async(mut self, sink: impl AsyncAuditSink + 'static) -> Self {
        self.settings.audit.set_async(sink);
        self
    }

    /// What happens to a token whose mint could not be recorded; it is discarded by default.
    pub fn audit_failure(mut self, failure: AuditFailure) -> Self {
        self.settings.audit.failure = failure;
        self
    }

    /// The rules for every token of the project; by default only `aal2` is refused.
    pub fn mint_policy(mut self, policy: MintPolicy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// How many sessions are cached for sharing; 4096 by default, and 0 turns sharing off.
    ///
    /// Clients with the same user, role, claims, lifetime, actor and reason share one session and its token. A
    /// handler that makes a client for every request therefore signs one token per user and hour.
    pub fn shared_sessions(mut self, sessions: usize) -> Self {
        self.settings.shared_sessions = sessions;
        self
    }

    /// The clock that decides when tokens expire and requests time out; [`SystemClock`] by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }
}
