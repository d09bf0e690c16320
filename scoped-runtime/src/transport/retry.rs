use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method, header::RETRY_AFTER};

/// Keeps retries a small part of the requests: a server that is down is not asked three times as often.
/// Each retry costs what ten successes bring.
pub(super) struct Budget(AtomicU32);

const FULL: u32 = 500;
const COST: u32 = 10;

impl Budget {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(FULL))
    }

    pub(super) fn earn(&self) {
        let present = self.0.load(Ordering::Relaxed);
        if present < FULL {
            // A lost race earns nothing, which is all that it costs.
            let _ = self.0.compare_exchange_weak(
                present,
                present + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
    }

    pub(super) fn spend(&self) -> bool {
        let spent = |present: u32| present.checked_sub(COST);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent)
            .is_ok()
    }
}

/// Whether a request may be sent again when it failed after a byte had left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Only what reads: GET and HEAD.
    #[default]
    Reads,
    /// Nothing, and no pause is made: those who wait for it go on without.
    Never,
    /// Whatever it does: doing it twice is the same as doing it once.
    Always,
}

impl Retry {
    pub(super) fn allows(self, method: &Method) -> bool {
        match self {
            Self::Reads => matches!(*method, Method::GET | Method::HEAD),
            Self::Never => false,
            Self::Always => true,
        }
    }
}

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// How long to wait before the next try: twice as long each time, and never as long as others wait.
pub(super) fn backoff(tries: u32) -> Duration {
    let longest = FIRST.saturating_mul(1 << tries.min(6)).min(LONGEST);
    let random = RandomState::new().hash_one(tries) % 1000;
    let random = u32::try_from(random).unwrap_or_default();
    longest / 2 + longest / 2 * random / 1000
}

/// How long the server asks to wait, in seconds; a date is not read.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}
