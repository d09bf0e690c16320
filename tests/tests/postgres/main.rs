//! Direct Postgres: SQL as the user, against a real server.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod blocking;
mod cancel;
mod errors;
mod fuzz;
mod identity;
mod login;
mod observed;
mod pooler;
mod rows;
mod scope;
mod statements;
mod support;
mod tls;
mod transactions;
