//! Clients that a thread waits for.

mod clients;
mod in_runtimes;
