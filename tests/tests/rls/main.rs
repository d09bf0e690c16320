//! Against the real server: what Row Level Security lets through for a client's user.

mod expiry;
mod interop;
mod isolation;
mod queries;
mod support;
mod tenants;
