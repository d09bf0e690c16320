//! Against the real server: what Row Level Security lets through for a client's user.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod anonymous;
mod blocking;
mod expiry;
mod impersonate;
mod interop;
mod isolation;
mod queries;
mod read_only;
mod sending;
mod support;
mod tenants;
