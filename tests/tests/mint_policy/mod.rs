//! Tests of the mint policy.

mod limits;
