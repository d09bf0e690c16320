use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use crate::clock::Clock;

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// What deadlines are measured by.
    pub(super) monotonic: Duration,
    pub(super) wall: SystemTime,
}

impl Moment {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self {
            monotonic: clock.monotonic(),
            wall: clock.now(),
        }
    }

    /// The wall clock in milliseconds since 1970, this long ago.
    pub(super) fn millis_before(self, ago: Duration) -> u64 {
        let since = self.wall.duration_since(SystemTime::UNIX_EPOCH);
        let since = since.unwrap_or_default().saturating_sub(ago);
        u64::try_from(since.as_millis()).unwrap_or_default()
    }
}

/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// The pause before attempt `failures + 1`: it doubles from `base`, and is spread between a tenth of that and the whole,
/// so that the clients of a server that comes back do not come all at once.
pub(super) fn pause(base: Duration, failures: u32) -> Duration {
    let longest = base.saturating_mul(1 << failures.min(16)).min(MAX_PAUSE);
    let random = RandomState::new().hash_one(failures) % 1000;
    let random = u32::try_from(random).unwrap_or_default();
    longest / 10 + longest * 9 / 10 * random / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_differ() {
        let base = Duration::from_secs(2);
        for failures in [0, 1, 5, 10, u32::MAX] {
            let longest = base.saturating_mul(1 << failures.min(16)).min(MAX_PAUSE);
            let pauses: Vec<_> = (0..50).map(|_| pause(base, failures)).collect();
            let is_within = |pause: &Duration| (longest / 10..=longest).contains(pause);
            assert!(pauses.iter().all(is_within), "{pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        }
    }
}
