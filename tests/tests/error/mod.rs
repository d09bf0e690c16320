//! Tests of what errors print, and of what they never print.

mod report;
mod secrets;
