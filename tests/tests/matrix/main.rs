//! The matrix of people and tables, its mutants, and what they find.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod drift;
mod holes;
mod made;
mod teams;
