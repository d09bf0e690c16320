//! A model check of the renewal: the same source runs here on locks and slots that `shuttle` schedules, in thousands of
//! orders of its threads and tasks.
//!
//! The `Shared` of `futures_util`, which all waiting tasks poll together, has locks of its own that the scheduler does
//! not see. That does no harm: `Shared` holds them only while it stores, takes or wakes wakers, never while it polls the
//! future inside. `shuttle` does not change threads at these points, so no thread is stopped while it holds such a lock.
//! (The state of `Shared` is an atomic; its own tests check its orders.) A failure prints the schedule, which
//! `shuttle::replay` repeats.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod cancelled;
mod explore;
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
