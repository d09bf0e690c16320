use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;

/// A JWT (RFC 7519): the JSON object of its header begins with `eyJ` in base64url. Or an API key.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*|sb_(?:publishable|secret)_[A-Za-z0-9_-]+").ok()
});

/// The text without tokens and API keys.
pub(super) fn redacted(text: &str) -> Cow<'_, str> {
    match &*SECRET {
        Some(secret) => secret.replace_all(text, "[redacted]"),
        None => "[redacted]".into(),
    }
}

/// Whether the text has a token or an API key in it.
pub(super) fn has_secret(text: &str) -> bool {
    SECRET.as_ref().is_none_or(|secret| secret.is_match(text))
}
