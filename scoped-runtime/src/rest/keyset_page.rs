//! Reads the pages of keyset pagination, where each page begins at the last key of the page before.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::mistake::Mistake;
use crate::error::{ClientError, Error};
use crate::transport::Response;

/// A page without the repeated row, and the key of its last row.
pub(super) struct KeysetPage<T> {
    pub(super) rows: VecDeque<T>,
    pub(super) last_key: Option<String>,
}

/// Reads a page. If the key of its first row is `previous_key`, the row is the last one of the page before,
/// and is left out.
pub(super) fn read_keyset_page<T: DeserializeOwned>(
    response: &Response,
    column: &str,
    previous_key: Option<&str>,
) -> Result<KeysetPage<T>, Error> {
    let mut rows: VecDeque<T> = response.json()?;
    let keys: Vec<BTreeMap<Cow<'_, str>, &RawValue>> = response.borrowed()?;
    let mut last: Option<String> = None;
    for (number, row) in keys.iter().enumerate() {
        let raw = row
            .get(column)
            .ok_or_else(|| unusable_key(column, "is not in the rows"))?;
        let key = text(raw).ok_or_else(|| unusable_key(column, "is not a single value"))?;
        let is_repeated = number == 0 && previous_key == Some(key.as_str());
        if last.as_ref() == Some(&key) {
            return Err(unusable_key(
                column,
                "has duplicates, so that rows would be skipped",
            ));
        }
        if is_repeated {
            rows.pop_front();
        }
        last = Some(key);
    }
    Ok(KeysetPage {
        rows,
        last_key: last,
    })
}

/// The text of a single JSON value for a filter; `None` for null, an object or a list.
fn text(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw.get()).ok(),
        Some(b'n' | b'{' | b'[') | None => None,
        Some(_) => Some(raw.get().to_owned()),
    }
}

/// The error for a key column that does not identify rows.
fn unusable_key(column: &str, reason: &'static str) -> Error {
    ClientError::from(Mistake::named(
        "column",
        column,
        reason,
        "use a selected column without duplicates and nulls as the key, such as the primary key",
    ))
    .into()
}
