//! Deserialises JSON bodies, with errors that name the row and the field.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_path_to_error::{Path, Segment};

use crate::error::{ClientError, Escaped, shown};

/// How many characters of a cause an error shows.
const MAX_CAUSE: usize = 200;

/// Deserialises JSON. An empty body counts as `null` or as an empty list.
pub(crate) fn decode<'a, T: Deserialize<'a>>(path: &str, body: &'a [u8]) -> Result<T, ClientError> {
    if body.is_empty()
        && let Ok(value) =
            serde_json::from_slice(b"null").or_else(|_| serde_json::from_slice(b"[]"))
    {
        return Ok(value);
    }
    serde_json::from_slice(body).map_err(|source| {
        // Tracking the path slows down every field, so the body is read again with it only after a failure.
        let mut json = serde_json::Deserializer::from_slice(body);
        let located = serde_path_to_error::deserialize::<_, T>(&mut json).err();
        ClientError::Decode {
            subject: subject(path),
            place: located.map(|error| place(error.path())).unwrap_or_default(),
            cause: if is_page(body) {
                PAGE.to_owned()
            } else {
                cause(&source)
            },
            source: Arc::new(source),
        }
    })
}

/// The cause when a wrong URL leads to a web page.
const PAGE: &str = "it is a web page (HTML), not JSON; does `SUPABASE_URL` lead to the project's API, with the \
                    path that stands in front of it";

fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// The table, function or path that was requested.
fn subject(path: &str) -> String {
    let name = |name: &str| shown(&percent_decode_str(name).decode_utf8_lossy());
    match path.strip_prefix("rest/v1/") {
        Some(path) => match path.strip_prefix("rpc/") {
            Some(function) => format!("function `{}`", name(function)),
            None => format!("table `{}`", name(path)),
        },
        None => format!("`{}`", name(path)),
    }
}

/// The row, counted from 1, and the path of the field, as they stand in the error.
fn place(path: &Path) -> String {
    let mut segments = path.iter().peekable();
    let mut place = String::new();
    if let Some(Segment::Seq { index }) = segments.peek() {
        place = format!(" at row {}", index + 1);
        segments.next();
    }
    let fields: Vec<String> = segments
        .map(|segment| shown(&segment.to_string()))
        .collect();
    if !fields.is_empty() {
        let comma = if place.is_empty() { " at" } else { "," };
        let _: fmt::Result = write!(place, "{comma} field `{}`", fields.join("."));
    }
    place
}

/// The deserialiser's message without the value that does not fit: rows may be private.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let kinds = [
        "string \"",
        "integer `",
        "floating point `",
        "character `",
        "Option value",
        "boolean `",
    ];
    let shortened = kinds.iter().find_map(|kind| {
        let (before, after) = text.split_once(&format!(": {kind}"))?;
        let expected = after.rfind(", expected ")?;
        let kind = kind.trim_end_matches([' ', '"', '`']);
        Some(format!("{before}: {kind}{}", &after[expected..]))
    });
    let text = shortened.unwrap_or(text);
    let text: String = text.chars().take(MAX_CAUSE).collect();
    Escaped(&text).to_string()
}
