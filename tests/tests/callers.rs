//! Callers: verified tokens, and the services that act for them.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod verify;
mod web;
