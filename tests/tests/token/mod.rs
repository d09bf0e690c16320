//! What is in a token.

mod contents;
