use std::time::Duration;

use super::Lifetime;
use crate::clock::{Clock, ClockReading};
use crate::token::Issued;

/// A token, or claims without a signature, with the times of its renewal and its end, each on both clocks.
///
/// The wall clock notices that the machine slept. The monotonic clock notices that the wall clock was set
/// back after the mint.
#[derive(Debug, Clone)]
pub(crate) struct Cached<T> {
    pub(crate) issued: T,
    /// The number of the [`KeyGeneration`](crate::key::KeyGeneration) whose rotation outdates it.
    pub(super) key_generation: u64,
    renew_at: ClockReading,
    expires_at: ClockReading,
}

/// The generation of what no key of this project's configuration signed: no rotation outdates it.
pub(super) const NO_KEY: u64 = u64::MAX;

impl<T: Issued> Cached<T> {
    pub(super) fn new(
        issued: T,
        key_generation: u64,
        minted_at: ClockReading,
        lifetime: Lifetime,
    ) -> Self {
        let end = issued.expires_at();
        let total = end.duration_since(minted_at.wall).unwrap_or_default();
        // The token counts whole seconds, so a short lifetime may be shorter than configured. At least
        // half of it is used before the renewal.
        let margin = lifetime.refresh_before.min(total / 2);
        let after = |time| minted_at.monotonic.saturating_add(time);
        Self {
            issued,
            key_generation,
            renew_at: ClockReading {
                wall: end - margin,
                monotonic: after(total.saturating_sub(margin)),
            },
            expires_at: ClockReading {
                wall: end,
                monotonic: after(total),
            },
        }
    }

    /// A caller's own token.
    pub(super) fn forwarded(token: T, now: ClockReading) -> Self {
        Self::new(token, NO_KEY, now, Lifetime::not_renewed())
    }

    /// Whether the time of renewal has come by either clock, or the wall clock is before `iat`. The latter
    /// means that the wall clock was set back after the mint, and servers refuse a token from the future.
    pub(super) fn needs_renewal(&self, clock: &dyn Clock) -> bool {
        self.renew_at.is_reached(clock) || clock.now() < self.issued.issued_at()
    }

    /// The time until the renewal; `None` when the token needs renewal now.
    pub(super) fn time_to_renewal(&self, clock: &dyn Clock) -> Option<Duration> {
        if self.needs_renewal(clock) {
            return None;
        }
        let wall = self.renew_at.wall.duration_since(clock.now()).ok()?;
        let monotonic = self.renew_at.monotonic.saturating_sub(clock.monotonic());
        Some(wall.min(monotonic))
    }

    /// The time until the token expires; `None` when it has expired.
    pub(super) fn remaining_lifetime(&self, clock: &dyn Clock) -> Option<Duration> {
        let wall = self.expires_at.wall.duration_since(clock.now()).ok()?;
        let monotonic = self.expires_at.monotonic.checked_sub(clock.monotonic())?;
        Some(wall.min(monotonic)).filter(|left| !left.is_zero())
    }

    /// Whether the token has expired by either clock.
    pub(super) fn is_expired(&self, clock: &dyn Clock) -> bool {
        self.expires_at.is_reached(clock)
    }
}
