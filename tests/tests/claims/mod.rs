//! Tests of user IDs, roles, lifetimes and custom claims.

mod actors;
mod identities;
mod lossless;
mod structs;
mod unfit;
