//! What the runtime promises, without a Supabase server: a recording one stands in where only the
//! bytes on the wire matter.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod accountability;
mod configuration;
mod ending;
mod identities;
mod key_check;
mod keys;
mod keys_refused;
mod layers;
mod refused;
mod renewal;
mod rotation;
mod secrets;
mod sharing;
mod support;
mod tokens;
mod wire;
