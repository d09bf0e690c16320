use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method, header::RETRY_AFTER};

use crate::clock::jittered;

/// Limits retries to a small part of all requests, so that they do not multiply the load of a server that is down.
/// Each retry costs as much as ten successful requests earn.
pub(super) struct RetryBudget(AtomicU32);

const FULL: u32 = 500;
const COST: u32 = 10;

impl RetryBudget {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(FULL))
    }

    pub(super) fn earn(&self) {
        let present = self.0.load(Ordering::Relaxed);
        if present < FULL {
            // If another thread changes the value at the same time, this request earns nothing; that is harmless.
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

/// Whether a request may be sent again when it failed after a byte of it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Only if it reads: GET and HEAD.
    #[default]
    Reads,
    /// No. The request is not repeated after a pause either: its callers can go on without a response.
    Never,
    /// Yes: the request is idempotent.
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

const MIN_BACKOFF: Duration = Duration::from_millis(50);
const MAX_BACKOFF: Duration = Duration::from_secs(2);

/// The pause before the next retry: exponential, with jitter so that clients do not retry at the same moment.
pub(super) fn backoff(retries: u32) -> Duration {
    let longest = MIN_BACKOFF
        .saturating_mul(1 << retries.min(6))
        .min(MAX_BACKOFF);
    jittered(longest / 2, longest)
}

/// The `Retry-After` header (RFC 9110, section 10.2.3) in seconds; an HTTP date is ignored.
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
