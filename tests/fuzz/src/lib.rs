//! Assertions that hold for every input.

use scoped_runtime::{ConfigurationError, SigningKey};
use serde_json::Value;

/// A private part of a usable key has at least this length, and no word of our messages is as long.
const SHORTEST: usize = 32;

/// Checks that the error repeats nothing of the input that could be a secret.
///
/// # Panics
/// Panics if it does.
pub fn assert_hides(input: &str, error: &ConfigurationError) {
    assert_repeats_nothing(input, &format!("{error} {error:?}"));
    assert!(!error.problems().is_empty(), "an error without a problem");
}

/// Checks that the text repeats nothing of the input that could be a secret.
///
/// # Panics
/// Panics if it does.
pub fn assert_repeats_nothing(input: &str, text: &str) {
    for part in secrets(input) {
        assert!(!text.contains(part), "`{part}` is shown in: {text}");
    }
}

/// Returns every run of base64 characters, of either alphabet, of at least [`SHORTEST`] bytes.
fn secrets(text: &str) -> impl Iterator<Item = &str> {
    let is_letter =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_');
    text.split(move |letter| !is_letter(letter))
        .filter(|part| part.len() >= SHORTEST)
}

/// Checks that a usable key shows only its algorithm and key ID, and that its public half has no private
/// member.
///
/// # Panics
/// Panics if the key shows more.
pub fn assert_sound(key: &SigningKey) {
    let (algorithm, kid) = (key.algorithm(), key.key_id());
    let shown = format!("SigningKey {{ algorithm: {algorithm:?}, key_id: {kid:?}, .. }}");
    assert_eq!(format!("{key:?}"), shown);
    let Some(public) = key.public_jwk() else {
        assert_eq!(algorithm.name(), "HS256");
        return;
    };
    assert_eq!(public["alg"], algorithm.name());
    assert_eq!(public["kid"].as_str(), kid);
    let known = [
        "alg", "crv", "e", "key_ops", "kid", "kty", "n", "use", "x", "y",
    ];
    let members = public.as_object().into_iter().flat_map(|map| map.keys());
    members.for_each(|name| assert!(known.contains(&&**name), "{name}"));
    let refused = SigningKey::from_jwk(&public.to_string()).expect_err("no private part");
    assert_eq!(refused.reason(), "has no private part");
    let known_to = Value::Array(vec![public]);
    assert_eq!(key.public_jwks()["keys"], known_to);
}
