use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, within};
use crate::error::{CallerError, ClientError, Error, Phase};
use crate::key::KeySet;
use crate::session::{Need, Patience, Renewal};
use crate::transport::{JwksEndpoint, Response};

/// The keys that a project lists, fetched when somebody needs them and kept as long as the answer's
/// headers say. Nothing runs in the background.
pub(super) struct JwksCache {
    endpoint: Arc<JwksEndpoint>,
    clock: Arc<dyn Clock>,
    renewal: Renewal<FetchedKeys, Arc<Error>>,
}

struct FetchedKeys {
    keys: Arc<KeySet>,
    /// On both clocks: one stands still while the machine sleeps, the other may be set back.
    at: (Duration, SystemTime),
    fresh_for: Duration,
}

/// As Supabase's Auth says, when an answer does not.
const DEFAULT_MAX_AGE: Duration = Duration::from_mins(10);
/// No answer makes it longer, so that a revoked key ends.
const LONGEST_MAX_AGE: Duration = Duration::from_hours(1);
/// How soon keys are asked for again: for a `kid` that they lack, after a failure, and whatever the
/// answer's headers say. Callers can make up key IDs.
const REFETCH_INTERVAL: Duration = Duration::from_secs(30);
/// The same after a failure while there are no keys at all.
const RETRY_INTERVAL_WITHOUT_KEYS: Duration = Duration::from_secs(1);
/// How long keys serve while no new ones are to be had: as long as Auth's tokens live by default, so
/// that longer would serve nobody but the holder of a revoked key.
const STALE_IF_ERROR: Duration = Duration::from_hours(1);
/// A request that takes so long is given up on; the endpoint's own limit is shorter.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

impl JwksCache {
    pub(super) fn new(endpoint: JwksEndpoint, clock: Arc<dyn Clock>) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            clock,
            renewal: Renewal::new(),
        }
    }

    /// The keys to verify a token of this `kid` with. While they are fresh and have it, this waits for
    /// nothing. When they are not, one caller waits for new ones; the others, as long as the old ones
    /// have the `kid`, do not.
    pub(super) async fn keys(&self, key_id: Option<&str>) -> Result<Arc<KeySet>, CallerError> {
        let present = self.renewal.read();
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
        let patience = Patience {
            flight: FETCH_TIMEOUT,
            retry: if usable.is_some() {
                REFETCH_INTERVAL
            } else {
                RETRY_INTERVAL_WITHOUT_KEYS
            },
        };
        let now = self.clock.monotonic();
        let need = self.renewal.join(serves, now, patience, begin);
        let outcome = match need {
            Need::Met(held) => Ok(held),
            Need::Failed(error) => Err(error),
            Need::Awaits(outcome, left) => match usable.as_ref() {
                Some(usable) if !started.get() && usable.has(key_id) => Ok(Arc::clone(usable)),
                _ => within(&*self.clock, left, outcome)
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
        phase: Phase::Answer,
    }
    .into()
}

async fn fetch(
    endpoint: Arc<JwksEndpoint>,
    clock: Arc<dyn Clock>,
) -> Result<FetchedKeys, Arc<Error>> {
    // Before the request: the answer says what was true then.
    let at = (clock.monotonic(), clock.now());
    let answer = endpoint.fetch().await?;
    let keys = KeySet::parse_listed(&answer.text(), endpoint.max_keys())
        .map_err(|problem| Error::from(crate::error::ConfigurationError::from(problem)))?;
    Ok(FetchedKeys {
        keys: Arc::new(keys),
        at,
        fresh_for: freshness(&answer),
    })
}

/// RFC 9111, sections 4.2 and 5.2.2.1: what a cache on the way has used up of it does not count.
fn freshness(answer: &Response) -> Duration {
    let directives = answer.header("cache-control").unwrap_or_default();
    let max_age = directives.split(',').find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case("max-age");
        let seconds = value.trim().trim_matches('"').parse().ok();
        seconds.filter(|_| is_it).map(Duration::from_secs)
    });
    let used_up = answer.header("age").and_then(|age| age.trim().parse().ok());
    let used_up = Duration::from_secs(used_up.unwrap_or(0));
    max_age
        .map_or(DEFAULT_MAX_AGE, |max_age| max_age.saturating_sub(used_up))
        .clamp(REFETCH_INTERVAL, LONGEST_MAX_AGE)
}

impl FetchedKeys {
    /// By the clock that says more.
    fn age(&self, clock: &dyn Clock) -> Duration {
        let monotonic = clock.monotonic().saturating_sub(self.at.0);
        let wall = clock.now().duration_since(self.at.1).unwrap_or_default();
        monotonic.max(wall)
    }

    fn has(&self, key_id: Option<&str>) -> bool {
        self.keys.named(key_id).next().is_some()
    }
}
