//! The examples, used over their public interface on the local server.

mod auth;
mod blocking_report;
mod crowd;
mod project;
mod refused;
mod rows;
mod support_desk;
mod worker;
