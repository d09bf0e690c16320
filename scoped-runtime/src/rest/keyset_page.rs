//! A page of rows that is read by the value of one column.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::mistake::Mistake;
use crate::error::{ClientError, Error};
use crate::transport::Response;

/// The rows of a page without the one that is known, and the key of the last one.
pub(super) struct KeyedRows<T> {
    pub(super) rows: VecDeque<T>,
    pub(super) last_key: Option<String>,
}

/// Reads a page whose first row may be the last one of the page before.
pub(super) fn keyed<T: DeserializeOwned>(
    response: &Response,
    column: &str,
    known: Option<&str>,
) -> Result<KeyedRows<T>, Error> {
    let mut rows: VecDeque<T> = response.json()?;
    let keys: Vec<BTreeMap<Cow<'_, str>, &RawValue>> = response.borrowed()?;
    let mut last: Option<String> = None;
    for (number, row) in keys.iter().enumerate() {
        let raw = row
            .get(column)
            .ok_or_else(|| unusable_key(column, "is not in the rows"))?;
        let key = text(raw).ok_or_else(|| unusable_key(column, "is not a single value"))?;
        let is_known = number == 0 && known == Some(key.as_str());
        if last.as_ref() == Some(&key) {
            return Err(unusable_key(
                column,
                "has duplicates, so that rows would be lost",
            ));
        }
        if is_known {
            rows.pop_front();
        }
        last = Some(key);
    }
    Ok(KeyedRows {
        rows,
        last_key: last,
    })
}

/// The value as a filter's text.
fn text(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw.get()).ok(),
        Some(b'n' | b'{' | b'[') | None => None,
        Some(_) => Some(raw.get().to_owned()),
    }
}

/// The column by which pages are read does not tell rows apart.
fn unusable_key(column: &str, reason: &'static str) -> Error {
    ClientError::from(Mistake::named(
        "column",
        column,
        reason,
        "page by a column that `select` names and that has neither duplicates nor nulls, such as the primary key",
    ))
    .into()
}
