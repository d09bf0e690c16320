//! The gateway: who gets through to the tables, who does not and in which words, and keys that change meanwhile.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod accepted;
mod others;
mod refused;
mod rotation;
mod support;
