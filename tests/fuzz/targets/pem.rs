//! Fuzzes text as a key ID (the first line) and a PEM (the rest).
#![no_main]

use libfuzzer_sys::fuzz_target;
use scoped_runtime::SigningKey;

fuzz_target!(|text: &str| {
    let (kid, pem) = text.split_once('\n').unwrap_or(("kid", text));
    match SigningKey::from_pem(pem, kid) {
        Ok(key) => scoped_fuzz::assert_sound(&key),
        Err(error) => scoped_fuzz::assert_hides(pem, &error),
    }
});
