//! What both attributes need.

pub(crate) mod async_block;
pub(crate) mod crate_path;
pub(crate) mod duration;
pub(crate) mod errors;
pub(crate) mod function;
pub(crate) mod manifest;
pub(crate) mod registered;
pub(crate) mod role;
pub(crate) mod suggest;
