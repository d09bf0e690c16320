//! The matrix of people and tables, its mutants, and what they find.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::disallowed_methods,
    reason = "the environment says whether files are written, and whether the long table is asked for"
)]

mod drift;
mod holes;
mod made;
mod reached;
mod teams;
