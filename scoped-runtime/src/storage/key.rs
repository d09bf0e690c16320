//! The names of buckets and the keys of objects: checked by Storage's own rules, and encoded for a path.
//!
//! A key with a segment `.` or `..` could reach another bucket, because proxies fold such segments. A key with `?`
//! that is not encoded would be cut there.

use crate::client::name::{invalid, push_segment};
use crate::error::ClientError;

/// The maximum length of a key in bytes, as in AWS S3.
const MAX_KEY: usize = 1024;
/// The maximum length of a segment in bytes, as in file systems.
const MAX_SEGMENT: usize = 255;
/// The maximum length of a bucket's name.
const MAX_BUCKET: usize = 100;

/// Whether Storage allows the character in keys; in names of buckets all of them but `/`.
fn is_allowed(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_/!.*'() &$=@;:+,?-".contains(letter)
}

/// Checks the key of an object.
pub(super) fn check_key(key: &str) -> Result<(), ClientError> {
    let refuse = |reason, remedy| Err(invalid("key", key, reason, remedy));
    if key.is_empty() {
        return refuse("is empty", "name the object");
    }
    if !key.chars().all(is_allowed) {
        return refuse(
            "has a character that Storage does not allow",
            "use ASCII letters, digits and `_/!.*'() &$=@;:+,?-`",
        );
    }
    if key.split('/').any(is_step) {
        return refuse(
            "has an empty segment or a segment of dots, which could lead to another object",
            "name each folder, with one `/` between, and none at the start or the end",
        );
    }
    if key.len() > MAX_KEY || key.split('/').any(|segment| segment.len() > MAX_SEGMENT) {
        return refuse(
            "is too long",
            "use at most 1024 bytes, and 255 between two slashes",
        );
    }
    Ok(())
}

/// Whether a segment is empty or a step in a path.
pub(super) fn is_step(segment: &str) -> bool {
    matches!(segment, "" | "." | "..")
}

/// Checks the name of a bucket.
pub(super) fn check_bucket(name: &str) -> Result<(), ClientError> {
    let refuse = |reason, remedy| Err(invalid("bucket", name, reason, remedy));
    if is_step(name) {
        return refuse("is empty or a step in a path", "name the bucket");
    }
    if name.contains('/') || !name.chars().all(is_allowed) {
        return refuse(
            "has a character that Storage does not allow",
            "use ASCII letters, digits and `_!.*'() &$=@;:+,?-`",
        );
    }
    if name.len() > MAX_BUCKET {
        return refuse("is too long", "use at most 100 bytes");
    }
    Ok(())
}

/// Whether a name in a listing would lead out of its folder if a program joined it to a path.
pub(super) fn leads_elsewhere(name: &str) -> bool {
    let is_step = |segment: &str| matches!(segment, "." | "..");
    name.starts_with(['/', '\\'])
        || name.split(['/', '\\']).any(is_step)
        || name.chars().any(char::is_control)
}

/// Appends a bucket's name, percent-encoded.
pub(super) fn push_bucket(target: &mut String, name: &str) -> Result<(), ClientError> {
    check_bucket(name)?;
    push_segment(target, "bucket", name)
}

/// Appends a key, each segment percent-encoded.
pub(super) fn push_key(target: &mut String, key: &str) -> Result<(), ClientError> {
    check_key(key)?;
    for (place, segment) in key.split('/').enumerate() {
        if place > 0 {
            target.push('/');
        }
        push_segment(target, "key", segment)?;
    }
    Ok(())
}
