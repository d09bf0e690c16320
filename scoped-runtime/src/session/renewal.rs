//! A cached value with single-flight renewal.
//!
//! Nothing in this module knows of tokens. The module `model` includes this file and checks it under every
//! interleaving that a model checker finds.

use super::sync::{Arc, Mutex, MutexGuard, PoisonError, Slot};
use std::ops::Deref;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

/// A published value, and at most one asynchronous renewal in flight.
///
/// A new value becomes visible atomically, and a reader never waits for a renewal. A renewal that takes time
/// is one future that all waiting callers poll together. A caller that stops waiting does not cancel it.
pub(crate) struct Renewal<T, E> {
    published: Arc<Slot<Sequenced<T>>>,
    /// Held while a caller decides whether to begin a renewal, and during a synchronous renewal.
    state: Mutex<State<T, E>>,
}

/// A value with the number of the renewal that produced it. Renewals are numbered in the order in which
/// they began.
pub(crate) struct Sequenced<T> {
    number: u64,
    value: T,
}

struct State<T, E> {
    in_flight: Option<InFlight<T, E>>,
    /// How many renewals have begun.
    begun: u64,
}

struct InFlight<T, E> {
    outcome: Outcome<T, E>,
    /// The monotonic time at which the renewal began.
    since: Duration,
}

type Outcome<T, E> = Shared<BoxFuture<'static, Result<Arc<Sequenced<T>>, E>>>;

/// How a caller gets a value from [`Renewal::join`].
pub(crate) enum Acquire<T, E> {
    /// The published value is usable.
    Ready(Arc<Sequenced<T>>),
    /// The caller has to await this outcome, for the given time at most. A later call of `join` begins
    /// another renewal once that time has passed.
    Wait(Outcome<T, E>, Duration),
    /// The last renewal failed less than [`RenewalLimits::min_retry_interval`] ago.
    Failed(E),
}

/// The time limits of a renewal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RenewalLimits {
    /// After this time a renewal counts as lost, and the next caller begins another one.
    pub(crate) timeout: Duration,
    /// The minimum time between the beginning of a renewal that failed and the next one.
    pub(crate) min_retry_interval: Duration,
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
                in_flight: None,
                begun: 0,
            }),
        }
    }

    /// The published value; `None` before the first renewal has succeeded.
    pub(crate) fn current(&self) -> Option<Arc<Sequenced<T>>> {
        self.published.load()
    }

    /// Calls the function with the published value and returns its result, without cloning the `Arc`.
    pub(crate) fn with_current<R>(&self, read: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        self.published
            .with_current(|current| read(&current.value))
            .flatten()
    }

    /// Renews the value synchronously, unless the published value is usable by now.
    pub(crate) fn renew_now(
        &self,
        is_usable: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<Sequenced<T>>, E> {
        let mut state = self.lock();
        // The check without a clone comes first: the value is usable only for a caller that waited for the
        // lock while another one renewed it.
        if self
            .with_current(|value| is_usable(value).then_some(()))
            .is_some()
            && let Some(value) = self.current().filter(|value| is_usable(value))
        {
            return Ok(value);
        }
        let number = state.next();
        let value = make()?;
        // No renewal with a higher number can have been published: it would have waited for the lock.
        let value = Arc::new(Sequenced { number, value });
        self.published.store(Arc::clone(&value));
        Ok(value)
    }

    /// Joins the renewal in flight, or begins one with the future that `begin` returns.
    pub(crate) fn join<F>(
        &self,
        is_usable: impl Fn(&T) -> bool,
        now: Duration,
        limits: RenewalLimits,
        begin: impl FnOnce() -> F,
    ) -> Acquire<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let mut state = self.lock();
        if let Some(value) = self.current().filter(|value| is_usable(value)) {
            return Acquire::Ready(value);
        }
        if let Some(in_flight) = &state.in_flight {
            let age = now.saturating_sub(in_flight.since);
            let left = limits.timeout.saturating_sub(age);
            match in_flight.outcome.peek() {
                None if !left.is_zero() => {
                    return Acquire::Wait(in_flight.outcome.clone(), left);
                }
                // The renewal has ended since the published value was read above.
                Some(Ok(value)) if is_usable(value) => {
                    return Acquire::Ready(Arc::clone(value));
                }
                Some(Err(error)) if age < limits.min_retry_interval => {
                    return Acquire::Failed(error.clone());
                }
                // It timed out, failed longer ago, or made a value that is no longer usable.
                _ => {}
            }
        }
        let number = state.next();
        let renewal = begin();
        let published = Arc::clone(&self.published);
        let outcome = async move {
            let value = renewal.await?;
            Ok(publish(&published, Sequenced { number, value }))
        };
        let outcome = outcome.boxed().shared();
        state.in_flight = Some(InFlight {
            outcome: outcome.clone(),
            since: now,
        });
        Acquire::Wait(outcome, limits.timeout)
    }

    /// Ignores poisoning: a panic while a value is made leaves the state consistent.
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Publishes a value, unless the value of a renewal that began later is published already: a renewal that
/// timed out may still complete. Returns the value that is published afterwards.
fn publish<T>(slot: &Slot<Sequenced<T>>, value: Sequenced<T>) -> Arc<Sequenced<T>> {
    let number = value.number;
    slot.replace_unless(Arc::new(value), |current| current.number > number)
}

impl<T, E> State<T, E> {
    fn next(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }
}

impl<T> Deref for Sequenced<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
