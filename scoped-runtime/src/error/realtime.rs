use std::fmt;
use std::sync::Arc;

use super::response::Escaped;

/// Why Supabase Realtime refused a connection, a channel or a message, or ended a channel.
///
/// The server has no list of codes. [`kind`](Self::kind) says what can be done, [`code`](Self::code) and
/// [`reason`](Self::reason) are the server's own words. See
/// <https://supabase.com/docs/guides/realtime/error_codes>.
#[derive(Clone, PartialEq, Eq)]
pub struct RealtimeError(Arc<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    kind: RealtimeErrorKind,
    subject: Subject,
    code: Option<String>,
    reason: String,
    status: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Connection { origin: String },
    Channel { topic: String },
    Message { what: &'static str, topic: String },
}

/// What can be done about a [`RealtimeError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RealtimeErrorKind {
    /// The token was refused: it has expired, or the server does not trust its key. A channel that was joined is
    /// joined again with a fresh token.
    NewToken,
    /// The same call will be refused again: a policy or a setting of the project says no.
    Permanent,
    /// A limit of the project was reached: channels, connections, joins or messages a second.
    Limit,
    /// The server or its database is busy or away, or the connection was lost. The same call may succeed later.
    Transient,
}

impl RealtimeError {
    fn new(kind: RealtimeErrorKind, subject: Subject, reason: &str) -> Self {
        Self(Arc::new(Parts {
            kind,
            subject,
            code: None,
            reason: limited(reason),
            status: None,
        }))
    }

    fn with(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The connection was lost, or could not be made.
    pub(crate) fn connection(origin: &str, reason: &str) -> Self {
        let origin = origin.to_owned();
        Self::new(
            RealtimeErrorKind::Transient,
            Subject::Connection { origin },
            reason,
        )
    }

    /// The server refused the connection with this HTTP status.
    pub(crate) fn refused_connection(origin: &str, status: u16, reason: &str) -> Self {
        let kind = match status {
            429 => RealtimeErrorKind::Limit,
            300..=499 => RealtimeErrorKind::Permanent,
            _ => RealtimeErrorKind::Transient,
        };
        let origin = origin.to_owned();
        Self::new(kind, Subject::Connection { origin }, reason)
            .with(|parts| parts.status = Some(status))
    }

    /// The server refused or ended a channel.
    pub(crate) fn channel(
        kind: RealtimeErrorKind,
        topic: &str,
        code: Option<&str>,
        reason: &str,
    ) -> Self {
        let topic = topic.to_owned();
        Self::new(kind, Subject::Channel { topic }, reason)
            .with(|parts| parts.code = code.map(limited))
    }

    /// A message of ours was refused, or not answered.
    pub(crate) fn message(
        kind: RealtimeErrorKind,
        what: &'static str,
        topic: &str,
        reason: &str,
    ) -> Self {
        let topic = topic.to_owned();
        Self::new(kind, Subject::Message { what, topic }, reason)
    }

    /// What can be done.
    #[must_use]
    pub fn kind(&self) -> RealtimeErrorKind {
        self.0.kind
    }

    /// The server's word for the error, such as `Unauthorized` or `ChannelRateLimitReached`; many errors have none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's description, or ours if the server said nothing.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The name of the channel; `None` if the whole connection is meant.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        match &self.0.subject {
            Subject::Connection { .. } => None,
            Subject::Channel { topic } | Subject::Message { topic, .. } => Some(topic),
        }
    }

    /// The HTTP status with which the connection was refused.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Whether a policy on `realtime.messages` refused the channel.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.code() == Some("Unauthorized") || self.reason().contains("do not have permissions")
    }

    /// Whether the same call may succeed later without any change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.0.kind,
            RealtimeErrorKind::Transient | RealtimeErrorKind::Limit
        )
    }

    fn remedy(&self) -> &'static str {
        match (&self.0.subject, self.0.kind) {
            (Subject::Connection { .. }, RealtimeErrorKind::Permanent) => {
                "check `SUPABASE_URL`, `SUPABASE_KEY`, and whether the project has Realtime"
            }
            (_, RealtimeErrorKind::Permanent) if self.is_denied() => {
                "a policy on `realtime.messages` has to allow it"
            }
            (_, RealtimeErrorKind::NewToken) => {
                "compare the signing key with the project's JWT settings, and the clocks"
            }
            (_, RealtimeErrorKind::Limit) => "use fewer, or raise the limits of the project",
            (_, RealtimeErrorKind::Transient) => "try again later",
            (_, RealtimeErrorKind::Permanent) => "check the options of the channel",
        }
    }
}

/// The longest text of the server that an error keeps, in bytes.
const MAX_TEXT: usize = 1000;

fn limited(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// The server's words, with control characters escaped: they could forge a line of a log.
impl fmt::Display for RealtimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.subject {
            Subject::Connection { origin } => {
                write!(f, "no connection to Realtime at {origin}")?;
            }
            Subject::Channel { topic } => {
                write!(f, "the channel `{}` is not joined", Escaped(topic))?;
            }
            Subject::Message { what, topic } => {
                write!(f, "{what} on the channel `{}` failed", Escaped(topic))?;
            }
        }
        match (&self.0.code, self.0.status) {
            (Some(code), _) => write!(f, " ({})", Escaped(code))?,
            (None, Some(status)) => write!(f, " ({status})")?,
            (None, None) => {}
        }
        write!(f, ": {}; {}", Escaped(self.reason()), self.remedy())
    }
}

/// The same as `Display`: an error of Realtime holds no secret.
impl fmt::Debug for RealtimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealtimeError")
            .field("kind", &self.0.kind)
            .field("text", &self.to_string())
            .finish()
    }
}

impl std::error::Error for RealtimeError {}
