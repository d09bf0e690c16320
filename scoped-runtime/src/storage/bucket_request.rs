use std::future::IntoFuture;
use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value};

use super::Storage;
use super::key::check_bucket;
use super::request::{ROOT, awaited, bucket_target, json_request};
use crate::client::{Async, Mode, answer};

/// The maximum size of an object in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileSizeLimit {
    /// This many bytes.
    Bytes(u64),
    /// The limit of the project.
    OfProject,
}

/// The creation or the change of a bucket. [`Storage::create_bucket`] and [`Storage::update_bucket`] start one; it is
/// sent when it is awaited, or by [`execute`](Self::execute).
#[derive(Debug)]
#[must_use = "nothing is changed until this is awaited, or sent with `execute`"]
pub struct BucketRequest<M: Mode = Async> {
    storage: Storage<M>,
    name: String,
    is_new: bool,
    members: Map<String, Value>,
}

impl<M: Mode> BucketRequest<M> {
    pub(super) fn new(storage: &Storage<M>, name: String, is_new: bool) -> Self {
        Self {
            storage: storage.clone(),
            name,
            is_new,
            members: Map::new(),
        }
    }

    fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Sets whether **anyone may read every object of the bucket, without any policy**. A new bucket is private.
    pub fn public(self, is_public: bool) -> Self {
        self.member("public", is_public)
    }

    /// Sets the maximum size of an object.
    pub fn file_size_limit(self, limit: FileSizeLimit) -> Self {
        let value = match limit {
            FileSizeLimit::Bytes(bytes) => Value::from(bytes),
            FileSizeLimit::OfProject => Value::Null,
        };
        self.member("file_size_limit", value)
    }

    /// Sets the content types that may be uploaded, such as `image/png` or `image/*`. The server compares them exactly:
    /// `text/plain` refuses `text/plain;charset=UTF-8`.
    pub fn allowed_mime_types<T: Into<String>>(self, types: impl IntoIterator<Item = T>) -> Self {
        let types: Vec<String> = types.into_iter().map(Into::into).collect();
        self.member("allowed_mime_types", types)
    }

    /// Sends the request.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn execute(mut self) -> M::Answer<()> {
        let core = Arc::clone(&self.storage.core);
        answer::<_, M>(&core, async move {
            check_bucket(&self.name)?;
            let (method, target) = if self.is_new {
                let name = Value::from(self.name.as_str());
                self.members.insert("id".to_owned(), name.clone());
                self.members.insert("name".to_owned(), name);
                (Method::POST, format!("{ROOT}bucket"))
            } else {
                (Method::PUT, bucket_target("bucket/", &self.name)?)
            };
            let request = json_request(method, target, &self.members)?;
            self.storage.core.send(&request).await?;
            Ok(())
        })
    }
}

awaited!(BucketRequest::execute -> ());
