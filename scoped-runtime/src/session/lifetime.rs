use std::time::Duration;

use crate::error::{ConfigurationError, Problem};

/// How long tokens live and when they are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lifetime {
    /// Whole seconds, as in the token.
    pub(crate) expires_in: Duration,
    pub(crate) refresh_before: Duration,
    pub(crate) auto_refresh: bool,
}

/// A token cannot be revoked, so a life of years is a mistake.
const MAX_LIFE: Duration = Duration::from_hours(365 * 24);
const DEFAULT_REFRESH_BEFORE: Duration = Duration::from_mins(1);

impl Lifetime {
    /// That of a token which is not ours to renew.
    pub(crate) fn fixed() -> Self {
        Self {
            expires_in: Duration::ZERO,
            refresh_before: Duration::ZERO,
            auto_refresh: false,
        }
    }

    /// Without a `refresh_before`, 60 seconds, or half of a life of two minutes or less.
    pub(crate) fn new(
        expires_in: Duration,
        refresh_before: Option<Duration>,
        auto_refresh: bool,
    ) -> Result<Self, ConfigurationError> {
        let expires_in = Duration::from_secs(expires_in.as_secs());
        let refresh_before =
            refresh_before.unwrap_or_else(|| DEFAULT_REFRESH_BEFORE.min(expires_in / 2));
        let mut problems = Vec::new();
        if expires_in.is_zero() {
            problems.push(Problem::new(
                "expires_in",
                "is less than a second",
                "give the token a life of at least one second; one hour is the default",
            ));
        } else if refresh_before >= expires_in {
            problems.push(Problem::new(
                "refresh_before",
                "is not below `expires_in`, so every request would mint a token",
                "make it shorter, or the token's life longer",
            ));
        }
        if expires_in > MAX_LIFE {
            problems.push(Problem::new(
                "expires_in",
                "is more than a year",
                "use a short life; tokens are renewed by themselves and cannot be revoked",
            ));
        }
        if problems.is_empty() {
            Ok(Self {
                expires_in,
                refresh_before,
                auto_refresh,
            })
        } else {
            Err(ConfigurationError::new(problems))
        }
    }
}
