//! Encodes and quotes names and values, so that no value can become syntax.

use percent_encoding::{AsciiSet, utf8_percent_encode};

use crate::client::name::RESERVED;

/// The characters that are percent-encoded in a query string: the reserved ones, but for the characters of PostgREST's
/// syntax that gateways pass on unchanged.
const QUERY: &AsciiSet = &RESERVED
    .remove(b'*')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b':')
    .remove(b'!')
    .remove(b'@');

/// Appends text percent-encoded for a query string.
pub(super) fn push_encoded(target: &mut String, text: &str) {
    // A fast path, since most names and values need no encoding.
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

/// Appends text in double quotes, with a backslash before each `"` and `\`. PostgREST reads names, list
/// elements and condition values in this form, and PostgreSQL reads array elements and range bounds in it.
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

/// Appends a value of a list or a group, in quotes if PostgREST requires them.
pub(super) fn push_value(target: &mut String, value: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:+@/".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        target.push_str(value);
    } else {
        push_quoted(target, value);
    }
}
