//! The parts of the example programs that the tests look at too: the services, and what they are about.

#[cfg(feature = "services")]
#[path = "actix_notes/service.rs"]
pub mod actix_notes;
#[cfg(feature = "services")]
#[path = "axum_notes/service.rs"]
pub mod axum_notes;
pub mod notes;
#[path = "worker/queue.rs"]
pub mod queue;
#[path = "blocking_report/report.rs"]
pub mod report;
