use std::time::Duration;

use scoped_rules::{Mistake, lifetime};

use crate::error::{ConfigurationError, Problem};

/// How long tokens live and when they are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lifetime {
    /// In whole seconds, as `exp` counts.
    pub(crate) expires_in: Duration,
    pub(crate) refresh_before: Duration,
    pub(crate) auto_refresh: bool,
}

impl Lifetime {
    /// For a forwarded token, which is never renewed.
    pub(super) fn not_renewed() -> Self {
        Self {
            expires_in: Duration::ZERO,
            refresh_before: Duration::ZERO,
            auto_refresh: false,
        }
    }

    /// Checks the durations. The default of `refresh_before` is 60 seconds, or half of a lifetime of two
    /// minutes or less.
    pub(crate) fn new(
        expires_in: Duration,
        refresh_before: Option<Duration>,
        auto_refresh: bool,
    ) -> Result<Self, ConfigurationError> {
        let expires_in = Duration::from_secs(expires_in.as_secs());
        let refresh_before =
            refresh_before.unwrap_or_else(|| lifetime::default_refresh_before(expires_in));
        let mut problems = Vec::new();
        let mut refuse = |field, Mistake { reason, remedy }| {
            problems.push(Problem::new(field, reason, remedy));
        };
        // A lifetime of zero is refused below; comparing with it would report the same mistake twice.
        if !expires_in.is_zero()
            && let Err(mistake) = lifetime::check_refresh_before(refresh_before, expires_in)
        {
            refuse("refresh_before", mistake);
        }
        if let Err(mistake) = lifetime::check(expires_in) {
            refuse("expires_in", mistake);
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
