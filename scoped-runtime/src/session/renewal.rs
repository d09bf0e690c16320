//! One value that is renewed by whoever needs it first.
//!
//! Nothing here knows of tokens. `tests/tests/model` includes this file and checks it under every
//! interleaving that a model checker finds.

use super::sync::{Arc, Mutex, MutexGuard, PoisonError, Slot};
use std::ops::Deref;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

/// A published value, and at most one renewal under way.
///
/// A new value becomes visible in one step. Reading takes no lock. A renewal that takes time is a
/// future that all who wait for it poll together: one that gives up neither loses nor spoils it.
pub(crate) struct Renewal<T, E> {
    published: Arc<Slot<Numbered<T>>>,
    /// Held to decide who renews, and while a value is made that needs no waiting.
    state: Mutex<State<T, E>>,
}

/// A value with its place in the order in which renewals began.
pub(crate) struct Numbered<T> {
    number: u64,
    value: T,
}

struct State<T, E> {
    flight: Option<Flight<T, E>>,
    /// How many renewals have begun.
    begun: u64,
}

struct Flight<T, E> {
    outcome: Outcome<T, E>,
    /// When it began.
    since: Duration,
}

type Outcome<T, E> = Shared<BoxFuture<'static, Result<Arc<Numbered<T>>, E>>>;

/// What there is to do for someone who needs a value.
pub(crate) enum Need<T, E> {
    /// Nothing: this one serves.
    Met(Arc<Numbered<T>>),
    /// Wait for this, but no longer than that: whoever comes later begins anew.
    Awaits(Outcome<T, E>, Duration),
    /// The last renewal failed a moment ago.
    Failed(E),
}

/// When a renewal is given up on, and how soon after a failure the next may begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// One that takes so long is given up on.
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
            state: Mutex::new(State {
                flight: None,
                begun: 0,
            }),
        }
    }

    /// The present value, if there was one yet.
    pub(crate) fn read(&self) -> Option<Arc<Numbered<T>>> {
        self.published.load()
    }

    /// What this finds in the present value.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        self.published
            .look(|present| look(&present.value))
            .flatten()
    }

    /// Makes a value at once, unless another caller has made one that serves.
    pub(crate) fn make(
        &self,
        serves: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<Numbered<T>>, E> {
        let mut state = self.lock();
        // Looked at first: taking it is for those that came second.
        if self.look(|value| serves(value).then_some(())).is_some()
            && let Some(value) = self.read().filter(|value| serves(value))
        {
            return Ok(value);
        }
        let number = state.next();
        let value = make()?;
        // Nothing that began later can be there: it would have waited for the lock.
        let value = Arc::new(Numbered { number, value });
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
        let mut state = self.lock();
        if let Some(value) = self.read().filter(|value| serves(value)) {
            return Need::Met(value);
        }
        if let Some(under_way) = &state.flight {
            let age = now.saturating_sub(under_way.since);
            let left = patience.flight.saturating_sub(age);
            match under_way.outcome.peek() {
                None if !left.is_zero() => {
                    return Need::Awaits(under_way.outcome.clone(), left);
                }
                Some(Err(error)) if age < patience.retry => return Need::Failed(error.clone()),
                // Took too long, failed long ago, or made a value that does not serve any more.
                _ => {}
            }
        }
        let number = state.next();
        let renewal = begin();
        let published = Arc::clone(&self.published);
        let outcome = async move {
            let value = renewal.await?;
            Ok(publish(&published, Numbered { number, value }))
        };
        let outcome = outcome.boxed().shared();
        state.flight = Some(Flight {
            outcome: outcome.clone(),
            since: now,
        });
        Need::Awaits(outcome, patience.flight)
    }

    /// A panic while making a value leaves nothing half-done, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Publishes a value, unless one that was begun later is there: one that was given up on may end all
/// the same. Gives the one that is there then.
fn publish<T>(slot: &Slot<Numbered<T>>, value: Numbered<T>) -> Arc<Numbered<T>> {
    let number = value.number;
    slot.replace(Arc::new(value), |present| present.number > number)
}

impl<T, E> State<T, E> {
    fn next(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }
}

impl<T> Deref for Numbered<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
