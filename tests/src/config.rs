//! A project that no server has, its users, and the time at which its tests begin.

use scoped_runtime::{Config, ConfigBuilder};

/// Its JWT secret.
pub const SECRET: &str = "a-jwt-secret-that-is-long-enough-for-hs256";
/// Its API key.
pub const KEY: &str = "sb_publishable_abcdefghijklmnopqrstuv_abcdefgh";
/// One of its users.
pub const ALICE: &str = "00000000-0000-4000-8000-00000000000a";
/// Another one.
pub const BOB: &str = "00000000-0000-4000-8000-00000000000b";
/// 2026-11-23 in seconds since 1970.
pub const START: u64 = 1_795_392_000;

/// A configuration for this URL that reads no environment variable.
pub fn config(url: &str) -> ConfigBuilder {
    Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key(KEY)
        .jwt_secret(SECRET)
}
