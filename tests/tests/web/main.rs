//! The same service in axum and in actix-web with the same requests over HTTP, and the services of the
//! examples.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod actix_service;
mod around;
mod axum_service;
mod callers;
mod errors;
mod examples;
mod once;
mod serve;
#[path = "../verify/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the verifier")]
mod support;
mod workers;
mod world;
