//! What is counted.

mod recorded;
