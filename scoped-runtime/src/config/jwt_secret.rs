use secrecy::{ExposeSecret, SecretString};

use super::api_key;
use crate::error::{ConfigurationError, Problem};
use crate::key::SigningKey;

/// Makes the signing key of a legacy JWT secret, after checking that it is not an API key.
pub(super) fn check(
    secret: &SecretString,
    key: Option<&SecretString>,
    problems: &mut Vec<Problem>,
) -> Option<SigningKey> {
    let text = secret.expose_secret();
    if api_key::looks_like_api_key(text) {
        problems.push(Problem::new(
            "jwt_secret",
            "is an API key",
            "swap `SUPABASE_KEY` and `SUPABASE_JWT_SECRET`, or copy the secret from the project's JWT settings",
        ));
        return None;
    }
    if key.is_some_and(|key| key.expose_secret() == text) {
        problems.push(Problem::new(
            "jwt_secret",
            "is the same as `api_key`",
            "the secret signs tokens and must not be sent; copy each from its own place",
        ));
        return None;
    }
    if text.trim_matches(api_key::is_quote_or_space) != text {
        problems.push(Problem::new(
            "jwt_secret",
            "has blanks or quotes around it, which would be part of the key",
            "copy the secret again, without quotes and line breaks",
        ));
        return None;
    }
    SigningKey::hs256(secret.clone())
        .map_err(|error: ConfigurationError| problems.extend_from_slice(error.problems()))
        .ok()
}
