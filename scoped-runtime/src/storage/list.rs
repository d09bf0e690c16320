use std::future::IntoFuture;
use std::sync::Arc;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Bucket;
use super::key::leads_elsewhere;
use super::request::{awaited, bucket_target, json_request, reading, unsafe_name};
use crate::client::{Async, Mode, answer};
use crate::error::Error;

/// An object or a folder in a listing. Times are text in the form of ISO 8601, as the server writes them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ListEntry {
    /// The name: relative to the folder in [`Bucket::list`], the whole key in [`Bucket::list_v2`].
    pub name: String,
    /// The ID of the object; `None` for a folder.
    #[serde(default)]
    pub id: Option<String>,
    /// When the object was made; `None` for a folder.
    #[serde(default)]
    pub created_at: Option<String>,
    /// When the object was changed last; `None` for a folder.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// What the server knows of the content: `size`, `mimetype`, `eTag`, `cacheControl`, ...; `None` for a folder.
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

impl ListEntry {
    /// Whether this is a folder: a part of the keys of objects, which has no row of its own.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.id.is_none()
    }

    /// The size in bytes; `None` for a folder.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.metadata.as_ref()?.get("size")?.as_u64()
    }

    /// The content type; `None` for a folder.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.metadata.as_ref()?.get("mimetype")?.as_str()
    }
}

/// The column by which a listing is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SortColumn {
    /// The name.
    Name,
    /// When the object was made.
    CreatedAt,
    /// When the object was changed last.
    UpdatedAt,
}

/// The `sortBy` of a listing.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct SortBy {
    pub(super) column: SortColumn,
    pub(super) order: &'static str,
}

impl SortBy {
    pub(super) fn by_name() -> Self {
        Self {
            column: SortColumn::Name,
            order: "asc",
        }
    }
}

/// A listing of one folder. [`Bucket::list`] starts one; it is sent when it is awaited, or by [`execute`](Self::execute).
///
/// The server compares the folder and sorts without regard to case. It returns at most [`limit`](Self::limit) entries
/// and does not say that there are more: use [`Bucket::list_v2`] to read all.
#[derive(Debug)]
#[must_use = "a listing does nothing until it is awaited, or sent with `execute`"]
pub struct ListRequest<M: Mode = Async> {
    bucket: Bucket<M>,
    parameters: Parameters,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    prefix: String,
    limit: u32,
    offset: u32,
    sort_by: SortBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
}

impl<M: Mode> ListRequest<M> {
    pub(super) fn new(bucket: Bucket<M>, folder: String) -> Self {
        Self {
            bucket,
            parameters: Parameters {
                prefix: folder,
                limit: 100,
                offset: 0,
                sort_by: SortBy::by_name(),
                search: None,
            },
        }
    }

    /// Sets the maximum number of entries; 100 by default.
    pub fn limit(mut self, entries: u32) -> Self {
        self.parameters.limit = entries;
        self
    }

    /// Skips this many entries. Objects that are made or removed in the meantime shift the pages.
    pub fn offset(mut self, entries: u32) -> Self {
        self.parameters.offset = entries;
        self
    }

    /// Lists only entries whose names begin with this text.
    pub fn search(mut self, beginning: impl Into<String>) -> Self {
        self.parameters.search = Some(beginning.into());
        self
    }

    /// Sorts by this column; by [`SortColumn::Name`] by default.
    pub fn sort_by(mut self, column: SortColumn) -> Self {
        self.parameters.sort_by.column = column;
        self
    }

    /// Sorts from the last to the first.
    pub fn descending(mut self) -> Self {
        self.parameters.sort_by.order = "desc";
        self
    }

    /// Sends the request. A bucket that does not exist has no entries.
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal; [`ClientError::UnexpectedResponse`](crate::ClientError::UnexpectedResponse) for
    /// a name that would lead out of its folder, such as `../x`; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn execute(self) -> M::Answer<Vec<ListEntry>> {
        let core = Arc::clone(self.bucket.core());
        answer::<_, M>(&core, async move {
            let target = bucket_target("object/list/", &self.bucket.name)?;
            let request = reading(json_request(Method::POST, target, &self.parameters)?);
            let response = self.bucket.core().send(&request).await?;
            let entries: Vec<ListEntry> = response.json()?;
            check_names(&entries)?;
            Ok(entries)
        })
    }
}

/// Refuses names that would lead out of a folder if a program joined them to a path.
pub(super) fn check_names(entries: &[ListEntry]) -> Result<(), Error> {
    match entries.iter().find(|entry| leads_elsewhere(&entry.name)) {
        None => Ok(()),
        Some(entry) => Err(unsafe_name(&entry.name).into()),
    }
}

awaited!(ListRequest::execute -> Vec<ListEntry>);
