//! Shared parts of the tests and examples: a clock that a test moves, and a local Supabase server with real
//! HTTP, real PostgreSQL and real row level security.
//!
//! [`LocalSupabase::start`] needs only cargo and Node's `npm`. The files in `tests/server/` define what is
//! installed (`package-lock.json`) and which tables exist (`supabase/migrations/`).
//!
//! | file | does |
//! |---|---|
//! | `install` | `npm ci`, once for all test processes |
//! | `node` | finds Node, and runs the small scripts that speak to PostgreSQL and `jose` |
//! | `node_server` | starts the servers in Node and runs the official clients, whose packages are in `tests/server/peers/` |
//! | `python` | a venv with what a `requirements.txt` says, once for all test processes |
//! | `verifier` | verifies tokens in `jose` and in PyJWT |
//! | `watchdog` | starts programs so that they end with the test process, however it ends |
//! | `postgres_programs` | finds PostgreSQL |
//! | `postgres`, `lite` | PostgreSQL, and `@supabase/lite` in front of it |
//! | `log` | a log in memory |
//! | `gateway` | verifies tokens by the project's keys, in front of Lite |
//! | `server` | puts them together |
//! | `target` | the local server, or the project that the environment names |
#![allow(
    clippy::disallowed_methods,
    reason = "the harness waits for real programs by the real clock, and finds them through the environment"
)]

mod error;
mod gateway;
mod install;
mod jose;
mod lite;
mod log;
#[cfg(feature = "aws-kms")]
mod moto;
mod node;
mod node_server;
mod postgres;
mod postgres_programs;
mod python;
mod server;
mod target;
mod verifier;
mod watchdog;
mod worker;

pub use error::StartError;
pub use gateway::Gateway;
pub use install::Machine;
pub use jose::{
    KeyPair, decode_all_with_jose, decode_with_jose, generate_keys, mint_with_jose, mint_with_key,
};
pub use log::Log;
#[cfg(feature = "aws-kms")]
pub use moto::{Moto, kms_client};
pub use node_server::{NodeServer, run_peer};
pub use scoped_runtime::testing::ManualClock;
pub use server::LocalSupabase;
pub use target::Target;
pub use verifier::Verifier;
