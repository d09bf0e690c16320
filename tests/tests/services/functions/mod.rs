//! Edge Functions.

mod answers;
mod blocking;
mod bodies;
mod errors;
mod events;
mod peer;
mod requests;
mod tokens;
