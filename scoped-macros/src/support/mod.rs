//! Code that both attributes use.

pub(crate) mod async_block;
pub(crate) mod crate_path;
pub(crate) mod errors;
pub(crate) mod function;
pub(crate) mod literal;
pub(crate) mod manifest;
