//! Support for tests (feature `testing`, in `[dev-dependencies]`): a clock that a test moves.
//!
//! ```
//! use std::time::Duration;
//! use scoped_runtime::testing::ManualClock;
//! use scoped_runtime::{Config, ScopedClients};
//!
//! # fn main() -> Result<(), scoped_runtime::Error> {
//! let clock = ManualClock::at(1_800_000_000);
//! let config = Config::builder()
//!     .environment(|_| None)
//!     .url("https://abcdefghijkl.supabase.co")
//!     .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
//!     .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
//!     .clock(clock.clone());
//! let alice = ScopedClients::new(config.build()?)?.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
//! let first = alice.token()?.expires_at();
//! clock.pass(Duration::from_secs(3600));
//! assert!(alice.token()?.expires_at() > first, "renewed");
//! # Ok(()) }
//! ```
//!
//! **Do not pause tokio's clock** (`#[tokio::test(start_paused = true)]`, `tokio::time::pause`) while a request
//! runs. A paused clock jumps to the next timer whenever all tasks wait, and a task that waits for the network
//! counts as waiting: the request times out at once with "no response within 30s". Move a [`ManualClock`] and
//! let tokio's clock run, or pause tokio's clock after the last request.

#![allow(
    clippy::disallowed_methods,
    reason = "the servers of the kit wait for real programs by the real clock, and are found through the environment"
)]

mod background;
mod error;
mod machine;
mod manual_clock;
mod matrix;
mod postgres;
mod random;
mod supervisor;

pub use error::KitError;
pub use manual_clock::ManualClock;
pub use matrix::{Cell, Matrix, Mutant, MutantReport, Operation, Outcome, PersonAccess, RlsMatrix, Verdict};
pub use postgres::{Postgres, PostgresBuilder};
