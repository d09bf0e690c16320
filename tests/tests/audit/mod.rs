//! What is recorded of a mint.

mod records;
