//! Under which schedulers a scenario runs.

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

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
