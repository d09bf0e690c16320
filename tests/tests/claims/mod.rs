//! Tests of user IDs, roles, lifetimes and custom claims.

mod actors;
mod identities;
mod lossless;
mod structs;
mod text_types;
mod unfit;
