//! Changes of rows: what of Postgres changes the reader gets.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::event::Event;
use super::frame::part_of;
use super::json_text::JsonText;
use crate::error::RealtimeErrorKind::Permanent;
use crate::error::{Error, RealtimeError};

/// Where and when a row was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commit {
    /// The schema of the table.
    pub schema: String,
    /// The table.
    pub table: String,
    /// When the transaction was committed (RFC 3339). `None` if the server could not read the row.
    pub timestamp: Option<String>,
    /// The columns of the row, in the table's order.
    pub columns: Vec<ColumnType>,
    /// Why the row is missing or incomplete: `Error 401: Unauthorized` without the right to read the table,
    /// `Error 400: Bad Request, no primary key`, `Error 413: Payload Too Large`.
    pub errors: Vec<String>,
}

/// The name and the PostgreSQL type of a column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ColumnType {
    /// The name of the column.
    pub name: String,
    /// The type, such as `int8`.
    #[serde(rename = "type")]
    pub type_name: String,
}

/// A row that was inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Insert<T = JsonText> {
    /// Where and when.
    pub commit: Commit,
    /// The row.
    pub row: T,
}

/// A row that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Update<T = JsonText, Old = JsonText> {
    /// Where and when.
    pub commit: Commit,
    /// The row as it is now.
    pub row: T,
    /// The row as it was. It has only the primary key unless the table's `REPLICA IDENTITY` is `FULL`.
    pub old_row: Old,
}

/// A row that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delete<T = JsonText> {
    /// Where and when.
    pub commit: Commit,
    /// What the server tells of the row: with Row Level Security, only the primary key.
    pub old_row: T,
}

impl Insert {
    /// Reads the row as this type.
    ///
    /// # Errors
    /// [`ClientError::Decode`](crate::ClientError::Decode) when it does not fit, [`Error::Realtime`] with the server's
    /// words when the row is not complete.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Insert<T>, Error> {
        self.commit.check()?;
        Ok(Insert {
            commit: self.commit.clone(),
            row: self.row.read()?,
        })
    }
}

impl Update {
    /// Reads the row as this type, and what is known of the old row as another.
    ///
    /// # Errors
    /// The errors of [`Insert::read`].
    pub fn read<T: DeserializeOwned, Old: DeserializeOwned>(
        &self,
    ) -> Result<Update<T, Old>, Error> {
        self.commit.check()?;
        Ok(Update {
            commit: self.commit.clone(),
            row: self.row.read()?,
            old_row: self.old_row.read()?,
        })
    }
}

impl Delete {
    /// Reads what is known of the row as this type.
    ///
    /// # Errors
    /// The errors of [`Insert::read`].
    pub fn read<T: DeserializeOwned>(&self) -> Result<Delete<T>, Error> {
        self.commit.check()?;
        Ok(Delete {
            commit: self.commit.clone(),
            old_row: self.old_row.read()?,
        })
    }
}

impl Commit {
    /// The bytes that it keeps in memory, roughly.
    pub(super) fn size(&self) -> usize {
        let column = |it: &ColumnType| size_of_val(it) + it.name.len() + it.type_name.len();
        let columns = self.columns.iter().map(column).sum::<usize>();
        let errors = self.errors.iter().map(String::len).sum::<usize>();
        self.schema.len() + self.table.len() + columns + errors
    }

    fn check(&self) -> Result<(), Error> {
        match self.errors.first() {
            None => Ok(()),
            Some(reason) => {
                let what = "reading a changed row";
                Err(RealtimeError::message(Permanent, what, &self.table, reason).into())
            }
        }
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default)]
    ids: Vec<u64>,
    #[serde(borrow)]
    data: WireData<'a>,
}

#[derive(Deserialize)]
struct WireData<'a> {
    schema: String,
    table: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    commit_timestamp: Option<String>,
    #[serde(default)]
    columns: Option<Vec<ColumnType>>,
    #[serde(borrow, default)]
    record: Option<&'a RawValue>,
    #[serde(borrow, default)]
    old_record: Option<&'a RawValue>,
    #[serde(default)]
    errors: Option<Vec<String>>,
}

/// Reads a change that belongs to one of these bindings; `None` if it belongs to none or cannot be read.
pub(super) fn read(payload: &JsonText, bindings: &[u64]) -> Option<Event> {
    let text = payload.bytes();
    let Wire { ids, data } = serde_json::from_slice(text).ok()?;
    if !ids.iter().any(|id| bindings.contains(id)) {
        return None;
    }
    let part = |value: Option<&RawValue>| match value {
        Some(value) => part_of(text, value),
        None => JsonText::new(Bytes::from_static(b"{}")),
    };
    let (row, old_row) = (part(data.record), part(data.old_record));
    let commit = Commit {
        schema: data.schema,
        table: data.table,
        timestamp: data.commit_timestamp,
        columns: data.columns.unwrap_or_default(),
        errors: data.errors.unwrap_or_default(),
    };
    match &*data.kind {
        "INSERT" => Some(Event::Insert(Insert { commit, row })),
        "UPDATE" => Some(Event::Update(Update {
            commit,
            row,
            old_row,
        })),
        "DELETE" => Some(Event::Delete(Delete { commit, old_row })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_bindings_that_are_not_the_channels_is_skipped() {
        let change =
            r#"{"ids":[7,8],"data":{"schema":"s","table":"t","type":"INSERT","record":{}}}"#;
        let change = JsonText::new(change.into());
        assert!(read(&change, &[9, 8]).is_some());
        for others in [&[][..], &[9], &[78]] {
            assert!(read(&change, others).is_none(), "{others:?}");
        }
    }
}
