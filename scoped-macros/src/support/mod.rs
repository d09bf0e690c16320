//! What both attributes need.

pub(crate) mod errors;
pub(crate) mod suggest;
