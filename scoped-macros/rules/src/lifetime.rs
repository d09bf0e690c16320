//! The lifetime of tokens, and how long before their end they are renewed.

use std::time::Duration;

use crate::Mistake;

/// The default lifetime of a token.
pub const DEFAULT: Duration = Duration::from_secs(60 * 60);

/// The longest lifetime of a token: a token cannot be revoked, so a lifetime of years is a mistake.
const MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The default time between the renewal of a token and its end.
const DEFAULT_REFRESH_BEFORE: Duration = Duration::from_secs(60);

/// The default time between the renewal of a token with this lifetime and its end: a minute, or half of a
/// lifetime of two minutes or less.
#[must_use]
pub fn default_refresh_before(expires_in: Duration) -> Duration {
    DEFAULT_REFRESH_BEFORE.min(expires_in / 2)
}

/// Checks a lifetime. A token has a lifetime of whole seconds, so that a fraction of a second does not count.
///
/// # Errors
/// A [`Mistake`] for a lifetime of less than a second, or of more than a year.
pub const fn check(expires_in: Duration) -> Result<(), Mistake> {
    if expires_in.as_secs() == 0 {
        return Err(Mistake {
            reason: "is less than a second",
            remedy: "use at least one second; one hour is the default",
        });
    }
    if expires_in.as_nanos() > MAX.as_nanos() {
        return Err(Mistake {
            reason: "is more than a year",
            remedy: "use a short lifetime, since tokens are renewed automatically and cannot be revoked",
        });
    }
    Ok(())
}

/// Checks how long before its end a token with this lifetime is renewed.
///
/// # Errors
/// A [`Mistake`] for a `refresh_before` that is not less than `expires_in`.
pub fn check_refresh_before(refresh_before: Duration, expires_in: Duration) -> Result<(), Mistake> {
    if refresh_before < expires_in {
        return Ok(());
    }
    Err(Mistake {
        reason: "is not below `expires_in`, so every request would mint a token",
        remedy: "make it shorter, or `expires_in` longer",
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MAX, check, check_refresh_before, default_refresh_before};

    #[test]
    fn lifetimes_have_bounds() {
        assert!(check(Duration::from_millis(999)).is_err());
        assert_eq!(check(Duration::from_secs(1)), Ok(()));
        assert_eq!(check(MAX), Ok(()));
        assert!(check(MAX + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        let minute = Duration::from_secs(60);
        assert_eq!(default_refresh_before(Duration::from_secs(60 * 60)), minute);
        assert_eq!(default_refresh_before(minute), minute / 2);
        assert_eq!(check_refresh_before(minute / 2, minute), Ok(()));
        assert!(check_refresh_before(minute, minute).is_err());
    }
}
