//! What the runtime promises, without a Supabase server: a recording one stands in where only the
//! bytes on the wire matter.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod accountability;
mod acting;
mod anonymous;
mod blanks;
mod blocking;
mod blocking_in_runtimes;
mod claims;
mod configuration;
mod ending;
mod health;
mod identities;
mod impersonate;
mod impersonate_cost;
mod issuers;
mod jwks_refused;
mod key_check;
mod key_sources;
mod key_support;
mod key_texts;
mod keys;
mod lossless;
mod measured;
mod pems_refused;
mod refused;
mod renewal;
mod report;
mod rotation;
mod secrets;
mod sharing;
mod signer;
mod signer_down;
mod support;
mod tokens;
mod unfit;
mod vault;
