//! The engine that reads claims out of SQL, against histories that say what is in them.
//!
//! The labelled histories are in `tests/policies`: a `.sql` file each, and what is to be found in it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and says what it found"
)]

#[allow(dead_code, reason = "what the three share; each takes its part")]
mod common;
mod fuzz;
mod histories;
mod outside;
mod reading;
mod report;
mod server;
mod texts;
mod truth;
