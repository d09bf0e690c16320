//! One value that is renewed by whoever needs it first.
//!
//! Nothing here knows of tokens. `tests/tests/model` includes this file and checks it under every
//! interleaving that a model checker finds.

use super::sync::{Arc, Mutex, MutexGuard, PoisonError, Slot};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

/// A published value, and at most one renewal under way.
///
/// A new value becomes visible in one step. Reading takes no lock. A renewal that takes time is a
/// future that all who wait for it poll together: one that gives up neither loses nor spoils it.
pub(crate) struct Renewal<T, E> {
    published: Arc<Slot<T>>,
    /// Held to decide who renews, and while a value is made that needs no waiting.
    flight: Mutex<Option<Flight<T, E>>>,
}

struct Flight<T, E> {
    outcome: Outcome<T, E>,
    /// When it began.
    since: Duration,
}

type Outcome<T, E> = Shared<BoxFuture<'static, Result<Arc<T>, E>>>;

/// What there is to do for someone who needs a value.
pub(crate) enum Need<T, E> {
    /// Nothing: this one serves.
    Met(Arc<T>),
    /// Wait for this.
    Awaits(Outcome<T, E>),
    /// The last renewal failed a moment ago.
    Failed(E),
}

/// When a renewal is given up on, and how soon after a failure the next may begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// One that nobody polled for so long is begun anew.
    pub(crate) flight: Duration,
    pub(crate) retry: Duration,
}

impl<T, E> Renewal<T, E>
where
    T: Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    pub(crate) fn new() -> Self {
        Self {
            published: Arc::new(Slot::default()),
            flight: Mutex::new(None),
        }
    }

    /// The present value, if there was one yet.
    pub(crate) fn read(&self) -> Option<Arc<T>> {
        self.published.load()
    }

    /// Makes a value at once, unless another caller has made one that serves.
    pub(crate) fn make(
        &self,
        serves: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let _one_at_a_time = self.lock();
        if let Some(value) = self.read().filter(|value| serves(value)) {
            return Ok(value);
        }
        let value = Arc::new(make()?);
        self.published.store(Arc::clone(&value));
        Ok(value)
    }

    /// Joins the renewal under way, or begins one.
    pub(crate) fn join<F>(
        &self,
        serves: impl Fn(&T) -> bool,
        now: Duration,
        patience: Patience,
        begin: impl FnOnce() -> F,
    ) -> Need<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let mut flight = self.lock();
        if let Some(value) = self.read().filter(|value| serves(value)) {
            return Need::Met(value);
        }
        if let Some(under_way) = &*flight {
            let age = now.saturating_sub(under_way.since);
            match under_way.outcome.peek() {
                None if age < patience.flight => return Need::Awaits(under_way.outcome.clone()),
                Some(Err(error)) if age < patience.retry => return Need::Failed(error.clone()),
                // Abandoned, failed long ago, or made a value that does not serve any more.
                _ => {}
            }
        }
        let renewal = begin();
        let published = Arc::clone(&self.published);
        let outcome = async move {
            let value = Arc::new(renewal.await?);
            published.store(Arc::clone(&value));
            Ok(value)
        };
        let outcome = outcome.boxed().shared();
        *flight = Some(Flight {
            outcome: outcome.clone(),
            since: now,
        });
        Need::Awaits(outcome)
    }

    /// A panic while making a value leaves nothing half-done, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Option<Flight<T, E>>> {
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
