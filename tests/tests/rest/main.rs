//! Tests of queries: what is sent, what is refused before anything is sent, and how responses are read. A
//! recording server stands in for PostgREST.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod answers;
mod bodies;
mod columns;
mod malformed;
mod native;
mod pages;
mod read_only;
mod refused;
mod requests;
mod support;
mod values;
mod web_pages;
mod wire;
