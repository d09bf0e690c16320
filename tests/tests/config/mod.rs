//! What a configuration takes, and what it refuses.

mod blanks;
mod builder;
mod issuers;
mod key_sources;
