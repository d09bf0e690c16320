//! What tests and examples share: a local Supabase server and a clock that a test moves.
#![allow(
    clippy::disallowed_methods,
    reason = "the harness is outside the runtime: it starts servers and reads the environment"
)]

mod clock;

pub use clock::ManualClock;
