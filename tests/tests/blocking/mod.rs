//! Tests of the blocking clients.

mod clients;
mod in_runtimes;
