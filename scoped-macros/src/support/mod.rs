//! What both attributes need.

pub(crate) mod crate_path;
pub(crate) mod errors;
pub(crate) mod registered;
pub(crate) mod suggest;
