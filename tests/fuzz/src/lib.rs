//! What holds for every input, whatever it is.

use scoped_runtime::{ConfigurationError, SigningKey};
use serde_json::Value;

/// No private part of a usable key is shorter, and no word of ours is as long.
const SHORTEST: usize = 32;

/// Panics when the error repeats something of the input that could be a secret.
///
/// # Panics
/// See above.
pub fn assert_hides(input: &str, error: &ConfigurationError) {
    assert_repeats_nothing(input, &format!("{error} {error:?}"));
    assert!(!error.problems().is_empty(), "an error without a problem");
}

/// Panics when a text repeats something of the input that could be a secret.
///
/// # Panics
/// See above.
pub fn assert_repeats_nothing(input: &str, text: &str) {
    for part in secrets(input) {
        assert!(!text.contains(part), "`{part}` is shown in: {text}");
    }
}

/// Every run of base64 letters, of either alphabet, that is long enough.
fn secrets(text: &str) -> impl Iterator<Item = &str> {
    let is_letter =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_');
    text.split(move |letter| !is_letter(letter))
        .filter(|part| part.len() >= SHORTEST)
}

/// Panics when a usable key shows more than its kind, or has a public half that is not one.
///
/// # Panics
/// See above.
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
