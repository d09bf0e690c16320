//! Tests of the runtime without a Supabase server. A recording server stands in where only the sent bytes
//! matter.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod audit;
mod blocking;
mod claims;
mod client;
mod config;
mod error;
mod impersonate;
mod key;
mod metrics;
mod mint_policy;
mod recorder;
mod session;
mod support;
mod token;
