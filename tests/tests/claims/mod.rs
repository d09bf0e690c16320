//! Who a token is about, and what it says.

mod actors;
mod identities;
mod lossless;
mod structs;
mod text_types;
mod unfit;
