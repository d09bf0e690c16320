//! Storage: on a server that answers as the real one does (`tests/server/storage/`), on the local server for Row
//! Level Security, and on a recorder for the shape of requests.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod blocking;
mod clients;
mod downloads;
mod errors;
mod hostile;
mod listings;
mod local;
mod memory;
mod names;
mod objects;
mod peers;
mod proxy;
mod resumable;
mod shapes;
mod signed;
mod support;
mod tokens;
mod uploads;
