//! One service in axum and in actix-web, asked the same over HTTP; and the services of the examples.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

#[path = "../../../examples/actix_notes/service.rs"]
mod actix_notes;
mod actix_service;
mod around;
#[path = "../../../examples/axum_notes/service.rs"]
mod axum_notes;
mod axum_service;
mod callers;
mod errors;
mod examples;
#[path = "../../../examples/notes/mod.rs"]
mod notes;
mod once;
#[path = "../../../examples/worker/queue.rs"]
mod queue;
#[path = "../../../examples/blocking_report/report.rs"]
mod report;
mod serve;
#[path = "../verify/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the verifier")]
mod support;
mod world;
