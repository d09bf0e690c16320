//! Tests of verification: which tokens are accepted, with which keys, and what a verified caller may do.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod attacks;
mod auth;
mod blocking;
mod callers;
mod configuration;
mod contents;
mod delegation;
mod given_keys;
mod jwks;
mod jwks_down;
mod rules;
mod secrets;
mod seen;
mod sessions;
mod support;
mod third_parties;
mod wycheproof;
