//! What `#[impersonate]` does when it runs.

mod arguments;
mod cost;
