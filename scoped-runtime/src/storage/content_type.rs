//! The content type of an object: by the extension of its name, else by its first bytes.

use std::path::Path;

/// The content type if nothing says another one; the same as Storage's own default.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// Without parameters: a bucket that allows `text/plain` refuses `text/plain;charset=UTF-8`.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    let extension = Path::new(name).extension()?.to_str()?;
    mime_guess::from_ext(extension).first_raw()
}

pub(super) fn by_content(beginning: &[u8]) -> Option<&'static str> {
    infer::get(beginning).map(|kind| kind.mime_type())
}

/// Whether a text has the form `type/subtype`, perhaps with parameters, in visible ASCII.
pub(super) fn is_well_formed(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let is_token = |text: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !text.is_empty() && text.bytes().all(is_letter)
    };
    let is_visible = content_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_visible
        && kind
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
