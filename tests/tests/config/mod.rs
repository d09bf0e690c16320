//! Tests of which configurations are accepted and refused.

mod blanks;
mod builder;
mod issuers;
mod key_sources;
