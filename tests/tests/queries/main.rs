//! What queries say: every request is read by a model of PostgREST's grammar that knows nothing of the
//! library, and what it reads is compared with what was written; on a real server, with SQL.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod differential;
mod grammar;
mod hostile;
mod native;
mod promises;
mod property;
mod random;
mod raw;
mod recorder;
mod request;
mod says;
mod sql;
mod written;
mod wrong;
