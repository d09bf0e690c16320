use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_rules::role;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::error::Problem;

const PUBLISHABLE: &str = "use the publishable key (`sb_publishable_...`) or the legacy anon key";

/// Checks that the key may be public, so that it gives no access without a user's token.
pub(super) fn check(key: &SecretString, allow_secret: bool, problems: &mut Vec<Problem>) {
    let key = key.expose_secret();
    let mut refuse = |reason: String, remedy: &str| {
        problems.push(Problem::new("api_key", reason, remedy));
    };
    if !key
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\''))
    {
        refuse(
            "has quotes, blanks, control or non-ASCII characters".to_owned(),
            "copy the key again, without quotes and line breaks",
        );
        return;
    }
    if allow_secret {
        return;
    }
    if key.starts_with("sb_secret_") {
        refuse(
            "is a secret key, which bypasses Row Level Security when a token is lost".to_owned(),
            PUBLISHABLE,
        );
    } else if let Some(role) = role_of(key).filter(|role| role::check(role).is_err()) {
        refuse(
            format!("is a `{role}` key, which bypasses Row Level Security when a token is lost"),
            PUBLISHABLE,
        );
    }
}

/// Whether the key by itself acts in the role `anon`: it is neither a secret key nor a legacy key of another role.
pub(super) fn is_public(key: &SecretString) -> bool {
    let key = key.expose_secret();
    !key.starts_with("sb_secret_") && role_of(key).is_none_or(|role| role == "anon")
}

/// Whether a text looks like an API key, with or without quotes: a legacy JWT, or a publishable or secret key.
pub(super) fn looks_like_api_key(text: &str) -> bool {
    let text = text.trim_matches(is_quote_or_space);
    text.starts_with("sb_publishable_") || text.starts_with("sb_secret_") || payload(text).is_some()
}

/// Whether a character may be left around a copied value: white space or a quote.
pub(super) fn is_quote_or_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '"' | '\'')
}

fn role_of(key: &str) -> Option<String> {
    Some(payload(key)?.get("role")?.as_str()?.to_owned())
}

/// The payload of a legacy API key, which is a JWT. The signature is not verified.
fn payload(key: &str) -> Option<Value> {
    let mut parts = key.split('.');
    let (Some(_), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Value>(&json)
        .ok()
        .filter(Value::is_object)
}
