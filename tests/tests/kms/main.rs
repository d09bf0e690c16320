//! Signing with AWS KMS: against `moto`, and against prepared responses where `moto` has none. The tests
//! need `python3`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod answers;
mod end_to_end;
mod moto;

/// The `kid` under which the project knows the key.
const KID: &str = "kms-2026";
