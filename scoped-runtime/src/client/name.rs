//! Names of tables, functions and schemas as parts of a request: path segments and header values.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use http::HeaderValue;

use crate::error::{ClientError, shown};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Appends a name as one segment of a path, percent-encoded.
///
/// Slashes are refused, not encoded: a gateway may decode them before it routes, and
/// `../auth/v1/admin/users` would then reach another service with the user's token.
pub(crate) fn push_segment(
    path: &mut String,
    kind: &'static str,
    name: &str,
) -> Result<(), ClientError> {
    let (reason, remedy) = if name.is_empty() {
        ("is empty", "name it")
    } else if name == "." || name == ".." {
        ("is a step in the path", "use its real name")
    } else if name.contains(['/', '\\']) {
        (
            "has a slash",
            "pass one name; choose a schema with `schema(..)`",
        )
    } else if name.chars().any(char::is_control) {
        ("has control characters", "use its real name")
    } else {
        path.extend(utf8_percent_encode(name, RESERVED));
        return Ok(());
    };
    Err(invalid(kind, name, reason, remedy))
}

/// The value of the header that names a schema (`Accept-Profile` or `Content-Profile`).
pub(crate) fn schema(name: &str) -> Result<HeaderValue, ClientError> {
    if name.trim().is_empty() {
        return Err(invalid(
            "schema",
            name,
            "is empty",
            "name it, or leave `schema(..)` out",
        ));
    }
    let is_ascii = name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    match HeaderValue::from_str(name) {
        Ok(value) if is_ascii => Ok(value),
        _ => Err(invalid(
            "schema",
            name,
            "has characters that a header cannot carry",
            "expose it under an ASCII name",
        )),
    }
}

pub(crate) fn invalid(
    kind: &'static str,
    name: &str,
    reason: &'static str,
    remedy: &'static str,
) -> ClientError {
    ClientError::InvalidName {
        kind,
        name: shown(name),
        reason,
        remedy,
    }
}
