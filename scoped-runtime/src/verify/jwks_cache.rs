use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, with_timeout};
use crate::error::{CallerError, ClientError, Error, Phase};
use crate::key::KeySet;
use crate::session::{Acquire, Renewal, RenewalLimits};
use crate::transport::{JwksEndpoint, Response};

/// A cache of the key set that a project publishes (RFC 7517, section 5). The keys are fetched on demand and
/// kept for as long as the headers of the answer allow. Nothing runs in the background.
pub(super) struct JwksCache {
    endpoint: Arc<JwksEndpoint>,
    clock: Arc<dyn Clock>,
    renewal: Renewal<FetchedKeys, Arc<Error>>,
}

struct FetchedKeys {
    keys: Arc<KeySet>,
    /// The time of the fetch on both clocks: the monotonic clock may stop while the machine sleeps, and the
    /// wall clock may be set back.
    at: (Duration, SystemTime),
    fresh_for: Duration,
}

/// The lifetime of keys if the answer has no `max-age`; Supabase's Auth sends the same value.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// The longest lifetime that an answer can set, so that a revoked key stops verifying.
const LONGEST_MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// The shortest time between two fetches, also for an unknown `kid` and after a failure, since callers can
/// invent key IDs.
const REFETCH_INTERVAL: Duration = Duration::from_secs(30);
/// The shortest time between two fetches after a failure while no keys are cached.
const RETRY_INTERVAL_WITHOUT_KEYS: Duration = Duration::from_secs(1);
/// How long keys are used beyond their lifetime while the endpoint fails (compare RFC 5861, section 4): the
/// default lifetime of Auth's tokens. A longer time would only help the holder of a revoked key.
const STALE_IF_ERROR: Duration = Duration::from_secs(60 * 60);
/// The time after which a fetch counts as failed. The timeout of the endpoint's requests is shorter.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

impl JwksCache {
    pub(super) fn new(endpoint: JwksEndpoint, clock: Arc<dyn Clock>) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            clock,
            renewal: Renewal::new(),
        }
    }

    /// Returns the keys to verify a token with this `kid`. It does not wait while the cached keys are fresh
    /// and contain the `kid`. Otherwise one caller fetches new keys; the other callers wait only if the old
    /// keys do not contain their `kid`.
    pub(super) async fn keys(&self, key_id: Option<&str>) -> Result<Arc<KeySet>, CallerError> {
        let present = self.renewal.current();
        let serves = |held: &FetchedKeys| {
            let age = held.age(&*self.clock);
            age < REFETCH_INTERVAL || (age < held.fresh_for && held.has(key_id))
        };
        if let Some(held) = present.as_ref().filter(|held| serves(held)) {
            return Ok(Arc::clone(&held.keys));
        }
        let usable =
            present.filter(|held| held.age(&*self.clock) < held.fresh_for + STALE_IF_ERROR);
        let started = Cell::new(false);
        let begin = || {
            started.set(true);
            fetch(Arc::clone(&self.endpoint), Arc::clone(&self.clock))
        };
        let limits = RenewalLimits {
            timeout: FETCH_TIMEOUT,
            min_retry_interval: if usable.is_some() {
                REFETCH_INTERVAL
            } else {
                RETRY_INTERVAL_WITHOUT_KEYS
            },
        };
        let now = self.clock.monotonic();
        let acquire = self.renewal.join(serves, now, limits, begin);
        let outcome = match acquire {
            Acquire::Ready(held) => Ok(held),
            Acquire::Failed(error) => Err(error),
            Acquire::Wait(outcome, left) => match usable.as_ref() {
                Some(usable) if !started.get() && usable.has(key_id) => Ok(Arc::clone(usable)),
                _ => with_timeout(&*self.clock, left, outcome)
                    .await
                    .unwrap_or_else(|| Err(Arc::new(timeout()))),
            },
        };
        match (outcome, usable) {
            (Ok(held), _) | (Err(_), Some(held)) => Ok(Arc::clone(&held.keys)),
            (Err(source), None) => Err(CallerError::KeysUnavailable { source }),
        }
    }
}

fn timeout() -> Error {
    ClientError::Timeout {
        after: FETCH_TIMEOUT,
        phase: Phase::Response,
    }
    .into()
}

async fn fetch(
    endpoint: Arc<JwksEndpoint>,
    clock: Arc<dyn Clock>,
) -> Result<FetchedKeys, Arc<Error>> {
    // The age counts from before the request, since the answer may describe any moment after it.
    let at = (clock.monotonic(), clock.now());
    let answer = endpoint.fetch().await?;
    let keys = KeySet::parse_fetched(&answer.text(), endpoint.max_keys())
        .map_err(|problem| Error::from(crate::error::ConfigurationError::from(problem)))?;
    Ok(FetchedKeys {
        keys: Arc::new(keys),
        at,
        fresh_for: freshness(&answer),
    })
}

/// How long an answer stays fresh: its `max-age` minus its `Age` (RFC 9111, sections 4.2 and 5.2.2.1).
fn freshness(answer: &Response) -> Duration {
    let directives = answer.header("cache-control").unwrap_or_default();
    let max_age = directives.split(',').find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let is_max_age = name.trim().eq_ignore_ascii_case("max-age");
        let seconds = value.trim().trim_matches('"').parse().ok();
        seconds.filter(|_| is_max_age).map(Duration::from_secs)
    });
    let age = answer.header("age").and_then(|age| age.trim().parse().ok());
    let age = Duration::from_secs(age.unwrap_or(0));
    max_age
        .map_or(DEFAULT_MAX_AGE, |max_age| max_age.saturating_sub(age))
        .clamp(REFETCH_INTERVAL, LONGEST_MAX_AGE)
}

impl FetchedKeys {
    /// The age of the keys, by the clock on which more time has passed.
    fn age(&self, clock: &dyn Clock) -> Duration {
        let monotonic = clock.monotonic().saturating_sub(self.at.0);
        let wall = clock.now().duration_since(self.at.1).unwrap_or_default();
        monotonic.max(wall)
    }

    fn has(&self, key_id: Option<&str>) -> bool {
        self.keys.with_key_id(key_id).next().is_some()
    }
}
