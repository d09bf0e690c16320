//! Tests of the content of tokens.

mod contents;
