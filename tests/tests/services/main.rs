//! One service in axum and in actix-web, asked the same over HTTP.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod actix_service;
mod axum_service;
mod callers;
mod errors;
mod once;
#[path = "../verify/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the verifier")]
mod support;
mod world;
