//! Tests on the real server: which rows Row Level Security allows the user of a client.
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
mod reading;
mod sending;
mod support;
mod tenants;
