//! What tests and examples share: a clock that a test moves, and a local Supabase server with real
//! HTTP, real PostgreSQL and real row level security.
//!
//! [`LocalSupabase::start`] needs cargo, Node's `npm` and nothing else. The files in `tests/server/` say what is
//! installed (`package-lock.json`) and which tables there are (`supabase/migrations/`).
//!
//! | file | does |
//! |---|---|
//! | `install` | `npm ci`, once for all test processes |
//! | `node` | finds Node, and runs the small scripts that speak to PostgreSQL and `jose` |
//! | `watchdog` | starts programs so that they end with the test process, however it ends |
//! | `postgres_programs` | finds PostgreSQL |
//! | `postgres`, `lite` | PostgreSQL, and `@supabase/lite` in front of it |
//! | `server` | puts them together |
//! | `target` | the local server, or the project that the environment names |
//!
//! A gateway that verifies other kinds of keys would be one more program behind the same watchdog, in front of Lite.
#![allow(
    clippy::disallowed_methods,
    reason = "the harness waits for real programs by the real clock, and finds them through the environment"
)]

mod clock;
mod error;
mod install;
mod jose;
mod lite;
mod node;
mod postgres;
mod postgres_programs;
mod server;
mod target;
mod watchdog;
mod worker;

pub use clock::ManualClock;
pub use error::StartError;
pub use install::Machine;
pub use jose::{decode_all_with_jose, decode_with_jose, mint_with_jose};
pub use server::LocalSupabase;
pub use target::Target;
