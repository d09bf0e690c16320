use std::time::{Duration, SystemTime};

use super::Lifetime;
use crate::clock::Clock;
use crate::token::AccessToken;

/// A token with the moments that matter, on both clocks. It is published as one.
///
/// The wall clock tells of a machine that slept, the monotonic one of a wall clock that was set back
/// while the token lived.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) token: AccessToken,
    /// The turn of the key that signed it.
    pub(super) turn: u64,
    due: (SystemTime, Duration),
    end: (SystemTime, Duration),
}

/// The moment of a mint, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) monotonic: Duration,
    pub(super) wall: SystemTime,
}

impl Moment {
    /// The monotonic clock is read first, so that a token never seems younger than it is.
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self {
            monotonic: clock.monotonic(),
            wall: clock.now(),
        }
    }
}

impl Held {
    pub(super) fn new(token: AccessToken, turn: u64, minted: Moment, lifetime: Lifetime) -> Self {
        let end = token.expires_at();
        let life = end.duration_since(minted.wall).unwrap_or_default();
        // Whole seconds may leave a short life shorter still: half of it serves at least.
        let margin = lifetime.refresh_before.min(life / 2);
        let at = |life| minted.monotonic.saturating_add(life);
        Self {
            token,
            turn,
            due: (end - margin, at(life.saturating_sub(margin))),
            end: (end, at(life)),
        }
    }

    /// One that no key of ours has signed, so that no rotation makes it due.
    pub(super) fn fixed(token: AccessToken, now: Moment) -> Self {
        Self::new(token, u64::MAX, now, Lifetime::fixed())
    }

    /// Whether it is near its end by either clock, or from the future: a token issued after "now" was
    /// minted before the clock was set back, and servers refuse it.
    pub(super) fn is_due(&self, clock: &dyn Clock) -> bool {
        let now = clock.now();
        now >= self.due.0 || now < self.token.issued_at() || clock.monotonic() >= self.due.1
    }

    /// How long it is not due, if it is not.
    pub(super) fn left(&self, clock: &dyn Clock) -> Option<Duration> {
        if self.is_due(clock) {
            return None;
        }
        let wall = self.due.0.duration_since(clock.now()).ok()?;
        let monotonic = self.due.1.saturating_sub(clock.monotonic());
        Some(wall.min(monotonic))
    }

    /// How long it lives, if it does.
    pub(super) fn life_left(&self, clock: &dyn Clock) -> Option<Duration> {
        let wall = self.end.0.duration_since(clock.now()).ok()?;
        let monotonic = self.end.1.checked_sub(clock.monotonic())?;
        Some(wall.min(monotonic)).filter(|left| !left.is_zero())
    }

    /// Whether it is past its end by either clock.
    pub(super) fn is_over(&self, clock: &dyn Clock) -> bool {
        clock.now() >= self.end.0 || clock.monotonic() >= self.end.1
    }
}
