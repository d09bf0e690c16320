//! Direct Postgres: SQL as the user, against a real server.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic, reads what the machine has, and says what it knows"
)]

mod blocking;
mod cancel;
mod cleaning;
mod closing;
mod errors;
mod fuzz;
mod identity;
mod login;
mod observed;
mod pooler;
mod rows;
mod same_rows;
mod scope;
mod sqlx;
mod sqlx_leaks;
mod statements;
mod support;
mod tls;
mod transactions;
