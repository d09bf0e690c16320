//! What errors say, and never say.

mod report;
mod secrets;
