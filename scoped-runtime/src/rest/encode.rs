//! How names and values are written, so that none can be read as syntax.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a query string carries as it is: RFC 3986's unreserved characters, and those of PostgREST's own
/// syntax that no gateway reads as something else.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'*')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b':')
    .remove(b'!')
    .remove(b'@');

/// Appends text percent-encoded for a query string.
pub(super) fn push_encoded(target: &mut String, text: &str) {
    // Most of it needs nothing.
    if text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.*".contains(&byte))
    {
        target.push_str(text);
    } else {
        target.extend(utf8_percent_encode(text, QUERY));
    }
}

/// Appends `name=value&`, both percent-encoded.
pub(super) fn push_pair(target: &mut String, name: &str, value: &str) {
    push_encoded(target, name);
    target.push('=');
    push_encoded(target, value);
    target.push('&');
}

/// Appends text in double quotes, in which `"` and `\` have a backslash before them. PostgREST's names,
/// list elements and condition values, and PostgreSQL's array elements and range bounds, read alike.
pub(super) fn push_quoted(target: &mut String, text: &str) {
    target.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            target.push('\\');
        }
        target.push(letter);
    }
    target.push('"');
}

/// Appends a value that stands among others, in quotes where it must be.
pub(super) fn push_value(target: &mut String, value: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:+@/".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        target.push_str(value);
    } else {
        push_quoted(target, value);
    }
}
