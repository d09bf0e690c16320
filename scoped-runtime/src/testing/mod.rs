//! The test kit (feature `testing`, in `[dev-dependencies]`): a clock that a test moves, a server in the process
//! that records requests, a local Supabase server, and a throw-away PostgreSQL with the migrations of the project.
//!
//! | part | is |
//! |---|---|
//! | [`ManualClock`] | a clock that stands still until a test moves it |
//! | [`Recorder`] | a server in the process that answers as told and keeps what arrived, with whose token came |
//! | [`Postgres`] | a database for one test, with Supabase's roles and the project's migrations |
//! | [`LocalSupabase`] | a server with real HTTP, real tokens and real Row Level Security |
//!
//! [The guide](crate::docs::testing) has a test with each of them, says what they need, what they start, and what they
//! leave.
//!
//! **A paused tokio clock** (`#[tokio::test(start_paused = true)]`, `tokio::time::pause`) jumps to the next timer whenever
//! all tasks wait, and a task that waits for the network counts as waiting: with the default clock a request times out at
//! once with "no response within 30s". Give the project a [`ManualClock`] instead.
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

#![allow(
    clippy::disallowed_methods,
    reason = "the servers of the kit wait for real programs by the real clock, and are found through the environment"
)]

mod error;
mod machine;
mod manual_clock;
#[cfg(feature = "postgres")]
mod matrix;
mod packages;
mod postgres;
mod recorder;
mod supabase;
mod supervisor;

pub use error::KitError;
pub use manual_clock::ManualClock;
#[cfg(feature = "postgres")]
pub use matrix::{
    Cell, Matrix, Mutant, MutantReport, Operation, Outcome, PersonAccess, Reached, RlsMatrix,
    Verdict,
};
pub use postgres::{Postgres, PostgresBuilder};
pub use recorder::{Answer, Gate, PathAnswers, Recorded, Recorder};
pub use supabase::{Gateway, LocalSupabase, LocalSupabaseBuilder};

/// What the project's own tests share with the kit; it may change with any version.
#[doc(hidden)]
pub mod __private {
    pub use super::machine::{find_program, is_root, off_thread, ordinary_user};
    pub use super::packages::packaged_postgres;
    pub use super::supabase::{Installation, run_script};
}
