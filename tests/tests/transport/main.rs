//! Tests of the transport on servers of raw sockets, which see what our side writes.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod closing;
mod crowd;
mod deadline;
mod framing;
mod headers;
mod limits;
mod options;
mod race;
mod repeatable;
mod retries;
mod retries_http2;
mod runtimes;
mod sessions;
mod silent;
mod soak;
mod streams;
mod support;
mod tokens;
mod unchanged;
