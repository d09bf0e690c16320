//! The test kit: servers for tests, which start on any machine, and leave nothing behind.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod login;
mod migrations;
mod paused;
mod postgres;
mod route;
mod support;
