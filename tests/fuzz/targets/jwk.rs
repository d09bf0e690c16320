//! Fuzzes text as a JWK.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scoped_runtime::SigningKey;

fuzz_target!(|text: &str| {
    match SigningKey::from_jwk(text) {
        Ok(key) => scoped_fuzz::assert_sound(&key),
        Err(error) => scoped_fuzz::assert_hides(text, &error),
    }
});
