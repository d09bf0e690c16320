//! Edge Functions, GraphQL and Auth, as the user: against servers in Node that verify tokens, the official client
//! beside ours, and servers in the process that answer what no good server does.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

mod auth;
mod functions;
mod graphql;
mod spans;
mod support;
