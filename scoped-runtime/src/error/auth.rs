use std::fmt;

use http::HeaderMap;

use super::ApiError;
use super::response::write_answer;

/// An error response of Supabase Auth; see
/// <https://supabase.com/docs/guides/auth/debugging/error-codes>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthError(ApiError);

impl AuthError {
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        Self(ApiError::new(status, headers, body))
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status()
    }

    /// The code of the error, such as `user_not_found` or `bad_jwt`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code()
    }

    /// The server's message.
    #[must_use]
    pub fn message(&self) -> &str {
        self.0.message()
    }

    /// Whether Auth has no such user. The tokens of a user that Auth does not know, such as one of a
    /// third-party issuer, are still accepted by the other services.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code() == Some("user_not_found") || self.status() == 404
    }

    /// Whether Auth refused the token or the user: an expired token, a key that the project does not trust, a
    /// session that has ended, or a banned user. The other services do not know of sessions and bans.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.status(), 401 | 403) && !self.is_not_found()
    }

    /// Whether the same request may succeed later: Auth limits requests, or is busy or down.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.is_transient()
    }

    /// Whether Auth refused the token as expired.
    #[must_use]
    pub fn is_expired_token(&self) -> bool {
        self.code() == Some("bad_jwt") && self.message().contains("expired")
    }
}

/// The server's message, with control characters and bidirectional marks escaped.
impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("auth answered ")?;
        let hint = self.0.hint().filter(|_| !self.is_expired_token());
        write_answer(f, self.status(), self.code(), self.message(), hint)
    }
}

impl std::error::Error for AuthError {}
