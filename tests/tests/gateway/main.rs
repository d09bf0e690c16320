//! The gateway: which requests it passes on, which it refuses with which error, and keys that change in
//! between.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod accepted;
mod others;
mod refused;
mod rotation;
mod support;
