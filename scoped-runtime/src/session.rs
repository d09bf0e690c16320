//! One client's token and its renewal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::error::{ConfigurationError, Problem, TokenError};
use crate::key::SigningKey;
use crate::token::{AccessToken, Template};

/// How long tokens live and when they are renewed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetime {
    expires_in: Duration,
    refresh_before: Duration,
    auto_refresh: bool,
}

/// A token cannot be revoked, so a life of years is a mistake.
const MAX_LIFE: Duration = Duration::from_hours(365 * 24);
const DEFAULT_REFRESH_BEFORE: Duration = Duration::from_mins(1);

impl Lifetime {
    /// Without a `refresh_before`, 60 seconds, or half of a life of two minutes or less.
    pub(crate) fn new(
        expires_in: Duration,
        refresh_before: Option<Duration>,
        auto_refresh: bool,
    ) -> Result<Self, ConfigurationError> {
        let refresh_before =
            refresh_before.unwrap_or_else(|| DEFAULT_REFRESH_BEFORE.min(expires_in / 2));
        let mut problems = Vec::new();
        if expires_in < Duration::from_secs(1) {
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

/// A token and its renewal. A new token becomes visible in one step, together with its times; reading
/// a live one takes no lock.
pub(crate) struct Session {
    key: SigningKey,
    template: Template,
    lifetime: Lifetime,
    clock: Arc<dyn Clock>,
    current: ArcSwap<Held>,
    /// Held while minting, so that one expiry costs one signature.
    minting: Mutex<()>,
}

struct Held {
    token: AccessToken,
    /// Its end on the monotonic clock: the wall clock may be set back while the token lives.
    end: Duration,
}

impl Session {
    /// Mints the first token.
    pub(crate) fn new(
        key: SigningKey,
        template: Template,
        lifetime: Lifetime,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TokenError> {
        let first = mint(&key, &template, lifetime, &*clock)?;
        Ok(Self {
            key,
            template,
            lifetime,
            clock,
            current: ArcSwap::from_pointee(first),
            minting: Mutex::new(()),
        })
    }

    /// A live token: the present one, or a new one when that is due.
    pub(crate) fn token(&self) -> Result<AccessToken, TokenError> {
        let held = self.current.load();
        if !self.is_due(&held) {
            return Ok(held.token.clone());
        }
        drop(held);
        self.renew(|held| self.is_due(held))
    }

    /// A token in place of one that the server called expired, unless that is replaced already.
    /// Nothing when `auto_refresh` is off.
    pub(crate) fn replace(&self, refused: &AccessToken) -> Option<Result<AccessToken, TokenError>> {
        self.lifetime
            .auto_refresh
            .then(|| self.renew(|held| held.token.is(refused) || self.is_due(held)))
    }

    /// Mints under the lock, if it is still necessary once the lock is had.
    fn renew(&self, necessary: impl Fn(&Held) -> bool) -> Result<AccessToken, TokenError> {
        // A panic while minting leaves nothing half-done, so a poisoned lock is as good as any.
        let _minting = self.minting.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.current.load();
        if !necessary(&held) {
            return Ok(held.token.clone());
        }
        if !self.lifetime.auto_refresh {
            return Err(TokenError::Expired);
        }
        let fresh = mint(&self.key, &self.template, self.lifetime, &*self.clock)?;
        let token = fresh.token.clone();
        self.current.store(Arc::new(fresh));
        Ok(token)
    }

    /// Whether the token is near its end, by either clock, or from the future.
    ///
    /// The wall clock tells of a machine that slept, the monotonic one of a wall clock that was set
    /// back. A token issued after "now" was minted before that, and servers refuse it.
    fn is_due(&self, held: &Held) -> bool {
        let now = self.clock.now();
        let margin = if self.lifetime.auto_refresh {
            if now < held.token.issued_at() {
                return true;
            }
            self.lifetime.refresh_before
        } else {
            Duration::ZERO
        };
        now >= held.token.expires_at() - margin
            || self.clock.monotonic() >= held.end.saturating_sub(margin)
    }
}

fn mint(
    key: &SigningKey,
    template: &Template,
    lifetime: Lifetime,
    clock: &dyn Clock,
) -> Result<Held, TokenError> {
    // Read first: a token must never seem younger than it is.
    let (monotonic, now) = (clock.monotonic(), clock.now());
    let token = template.mint(key, now, lifetime.expires_in)?;
    let life = token.expires_at().duration_since(now).unwrap_or_default();
    Ok(Held {
        token,
        end: monotonic + life,
    })
}
