//! A model check of the renewal: the same source runs here on locks and slots that `shuttle` schedules, in thousands of
//! orders of its threads and tasks.
//!
//! The `Shared` of `futures_util`, which all waiting tasks poll together, has locks of its own that the scheduler does
//! not see. That does no harm: `Shared` holds them only while it stores, takes or wakes wakers, never while it polls the
//! future inside. `shuttle` does not change threads at these points, so no thread is stopped while it holds such a lock.
//! (The state of `Shared` is an atomic; its own tests check its orders.) A failure prints the schedule, which
//! `shuttle::replay` repeats.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

mod cancelled;
mod failing;
mod overtaken;
mod shared;
mod signature;
mod sync;
mod threads;
mod world;

/// The source that is checked.
#[expect(
    clippy::duplicate_mod,
    reason = "the second time, `super::sync` is the scheduler's"
)]
#[path = "../renewal.rs"]
mod renewal;

/// How many random orders, and as many in which few changes of thread at the worst moments matter
/// (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs").
const ORDERS: usize = 2_000;
/// How many such changes a bug may need.
const DEPTH: usize = 4;

/// Runs a scenario in random orders. A thread or task that is never woken fails it: `shuttle` calls
/// that a deadlock.
pub(crate) fn at_random(scenario: fn()) {
    run(RandomScheduler::new(ORDERS), scenario);
    run(PctScheduler::new(DEPTH, ORDERS), scenario);
}

/// Runs a small scenario without random choices in every order that there is, and says how many.
pub(crate) fn in_every_order(scenario: fn(), at_least: usize) {
    // Far more than there are: reaching it means that the scenario is not small.
    const LIMIT: usize = 2_000_000;
    let orders = run(DfsScheduler::new(Some(LIMIT), false), scenario);
    assert!(orders < LIMIT, "not every order was tried");
    assert!(orders >= at_least, "only {orders} orders");
    at_random(scenario);
}

fn run(scheduler: impl Scheduler + 'static, scenario: fn()) -> usize {
    Runner::new(scheduler, Config::new()).run(scenario)
}
