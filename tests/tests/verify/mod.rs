//! Tests of verification: which tokens are accepted, with which keys, and what a verified caller may do.

mod attacks;
mod auth;
mod blocking;
mod callers;
mod configuration;
mod contents;
mod delegation;
mod forwarding;
mod given_keys;
mod jwks;
mod jwks_down;
mod rules;
mod secrets;
mod seen;
mod sessions;
pub(crate) mod support;
mod third_parties;
mod world;
mod wycheproof;
