//! Keys: read, refused, rotated, and elsewhere.

mod jwks_refused;
mod pairs;
mod pems_refused;
mod rotation;
pub(crate) mod support;
mod texts;
pub(crate) mod vault;
