//! Code that both attributes use.

pub(crate) mod async_block;
pub(crate) mod conditional_error;
pub(crate) mod crate_path;
pub(crate) mod errors;
pub(crate) mod function;
pub(crate) mod literal;
pub(crate) mod manifest;
pub(crate) mod span_ends;
