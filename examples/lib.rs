//! The parts of the example programs that the tests use too: the services and their domain types.

#[path = "actix_notes/service.rs"]
pub mod actix_notes;
#[path = "axum_notes/service.rs"]
pub mod axum_notes;
pub mod notes;
pub mod program;
#[path = "worker/queue.rs"]
pub mod queue;
#[path = "blocking_report/report.rs"]
pub mod report;
