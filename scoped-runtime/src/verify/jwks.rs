use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, with_timeout};
use crate::error::{CallerError, ClientError, Error, Phase};
use crate::key::KeySet;
use crate::session::{Acquire, Renewal, RenewalLimits};
use crate::transport::{JwksEndpoint, Response};

/// The keys that a project lists, fetched when somebody needs them and kept as long as the answer's
/// headers say. Nothing runs in the background.
pub(super) struct Jwks {
    endpoint: Arc<JwksEndpoint>,
    clock: Arc<dyn Clock>,
    renewal: Renewal<Fetched, Arc<Error>>,
}

struct Fetched {
    keys: Arc<KeySet>,
    /// On both clocks: one stands still while the machine sleeps, the other may be set back.
    at: (Duration, SystemTime),
    fresh_for: Duration,
}

/// As Supabase's Auth says, when an answer does not.
const FRESH: Duration = Duration::from_mins(10);
/// No answer makes it longer, so that a revoked key ends.
const LONGEST: Duration = Duration::from_hours(1);
/// How soon keys are asked for again: for a `kid` that they lack, after a failure, and whatever the
/// answer's headers say. Callers can make up key IDs.
const PAUSE: Duration = Duration::from_secs(30);
/// The same after a failure while there are no keys at all.
const PAUSE_WITHOUT: Duration = Duration::from_secs(1);
/// How long keys serve while no new ones are to be had: as long as Auth's tokens live by default, so
/// that longer would serve nobody but the holder of a revoked key.
const STALE: Duration = Duration::from_hours(1);
/// A request that takes so long is given up on; the endpoint's own limit is shorter.
const FLIGHT: Duration = Duration::from_secs(10);

impl Jwks {
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
        let present = self.renewal.current();
        let serves = |held: &Fetched| {
            let age = held.age(&*self.clock);
            age < PAUSE || (age < held.fresh_for && held.has(key_id))
        };
        if let Some(held) = present.as_ref().filter(|held| serves(held)) {
            return Ok(Arc::clone(&held.keys));
        }
        let usable = present.filter(|held| held.age(&*self.clock) < held.fresh_for + STALE);
        let started = Cell::new(false);
        let begin = || {
            started.set(true);
            fetch(Arc::clone(&self.endpoint), Arc::clone(&self.clock))
        };
        let limits = RenewalLimits {
            timeout: FLIGHT,
            min_retry_interval: if usable.is_some() {
                PAUSE
            } else {
                PAUSE_WITHOUT
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
        after: FLIGHT,
        phase: Phase::Response,
    }
    .into()
}

async fn fetch(endpoint: Arc<JwksEndpoint>, clock: Arc<dyn Clock>) -> Result<Fetched, Arc<Error>> {
    // Before the request: the answer says what was true then.
    let at = (clock.monotonic(), clock.now());
    let answer = endpoint.fetch().await?;
    let keys = KeySet::parse_fetched(&answer.text(), endpoint.max_keys())
        .map_err(|problem| Error::from(crate::error::ConfigurationError::from(problem)))?;
    Ok(Fetched {
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
        .map_or(FRESH, |max_age| max_age.saturating_sub(used_up))
        .clamp(PAUSE, LONGEST)
}

impl Fetched {
    /// By the clock that says more.
    fn age(&self, clock: &dyn Clock) -> Duration {
        let monotonic = clock.monotonic().saturating_sub(self.at.0);
        let wall = clock.now().duration_since(self.at.1).unwrap_or_default();
        monotonic.max(wall)
    }

    fn has(&self, key_id: Option<&str>) -> bool {
        self.keys.with_key_id(key_id).next().is_some()
    }
}
