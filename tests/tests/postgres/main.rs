//! Direct Postgres: SQL as the user, against a real server.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod statements;
mod support;
