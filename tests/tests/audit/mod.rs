//! Tests of the audit records of minted tokens.

mod records;
