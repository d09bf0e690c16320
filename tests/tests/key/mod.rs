//! Tests of keys: how they are read, refused and rotated, and of remote keys.

mod jwks_refused;
mod pairs;
mod pems_refused;
mod rotation;
pub(crate) mod support;
mod texts;
pub(crate) mod vault;
