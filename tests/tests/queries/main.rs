//! Tests of queries: a model of PostgREST's grammar, which is independent of the library, reads every
//! request, and what it reads is compared with what was written. On a real server the rows are compared
//! with those of SQL.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod differential;
mod grammar;
mod hostile;
mod native;
mod project;
mod promises;
mod property;
mod raw;

mod request;
mod says;
mod sql;
mod written;
mod wrong;
