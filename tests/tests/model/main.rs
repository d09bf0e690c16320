//! A model check of the renewal: its very source runs here on locks and slots that `shuttle` schedules,
//! under thousands of orders of its threads and tasks.
//!
//! `futures_util`'s `Shared`, which all who wait poll together, has locks of its own that the scheduler
//! does not see. That is fine: it holds them only to note, take and wake wakers, never while it polls
//! what is inside. Neither noting nor waking is a point where `shuttle` changes threads, so no thread
//! is ever stopped with one of them in its hands. (Its state is an atomic: the orders within `Shared`
//! itself are its own tests' matter.) A failure prints the schedule; `shuttle::replay` repeats it.

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
#[path = "../../../scoped-runtime/src/session/renewal.rs"]
mod renewal;
