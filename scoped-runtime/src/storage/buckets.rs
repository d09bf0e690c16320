use std::future::IntoFuture;
use std::sync::Arc;

use http::Method;
use serde::Deserialize;

use super::bucket_request::BucketRequest;
use super::request::{ROOT, awaited, bucket_target, json_request, push_query, request};
use super::{SortColumn, Storage};
use crate::client::{Async, Mode, answer};

/// A bucket as Storage describes it. Times are text in the form of ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BucketDetails {
    /// The ID, which requests name.
    pub id: String,
    /// The name; the same as the ID in all buckets that Supabase makes.
    pub name: String,
    /// Whether anyone may read its objects.
    #[serde(default)]
    pub public: bool,
    /// The maximum size of an object in bytes, if the bucket has its own.
    #[serde(default)]
    pub file_size_limit: Option<u64>,
    /// The content types that may be uploaded, if they are restricted.
    #[serde(default)]
    pub allowed_mime_types: Option<Vec<String>>,
    /// When the bucket was made.
    #[serde(default)]
    pub created_at: Option<String>,
    /// When the bucket was changed last.
    #[serde(default)]
    pub updated_at: Option<String>,
}

/// Buckets. What a user may do with them is decided by policies on `storage.buckets`; without any, users neither see
/// nor change buckets, and reach the objects in them nevertheless.
impl<M: Mode> Storage<M> {
    /// Lists the buckets that the user may see.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// for bucket in alice.storage().list_buckets().await? {
    ///     println!("{} {}", bucket.name, bucket.public);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_buckets(&self) -> BucketsRequest<M> {
        BucketsRequest {
            storage: self.clone(),
            parameters: Vec::new(),
        }
    }

    /// Returns a bucket. Needs a policy for SELECT on `storage.buckets`.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn get_bucket(&self, name: impl AsRef<str>) -> M::Answer<BucketDetails> {
        let target = bucket_target("bucket/", name.as_ref());
        let core = Arc::clone(&self.core);
        answer::<_, M>(&self.core, async move {
            core.send(&request(Method::GET, target?)).await?.json()
        })
    }

    /// Starts the creation of a bucket. Needs a policy for INSERT on `storage.buckets`.
    ///
    /// ```no_run
    /// use scoped_runtime::storage::FileSizeLimit;
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let photos = alice.storage().create_bucket("photos");
    /// photos.file_size_limit(FileSizeLimit::Bytes(5 << 20)).allowed_mime_types(["image/*"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn create_bucket(&self, name: impl Into<String>) -> BucketRequest<M> {
        BucketRequest::new(self, name.into(), true)
    }

    /// Starts a change of a bucket. Needs policies for SELECT and UPDATE on `storage.buckets`. What is not set stays.
    pub fn update_bucket(&self, name: impl Into<String>) -> BucketRequest<M> {
        BucketRequest::new(self, name.into(), false)
    }

    /// Removes all objects of a bucket. **Supabase allows it to `service_role` only**, so that a scoped client is
    /// refused: remove what the user may delete with [`Bucket::remove`](super::Bucket::remove).
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn empty_bucket(&self, name: impl AsRef<str>) -> M::Answer<()> {
        let target = bucket_target("bucket/", name.as_ref()).map(|target| target + "/empty");
        let core = Arc::clone(&self.core);
        answer::<_, M>(&self.core, async move {
            let nothing = serde_json::json!({});
            core.send(&json_request(Method::POST, target?, &nothing)?)
                .await?;
            Ok(())
        })
    }

    /// Removes an empty bucket. Needs policies for SELECT and DELETE on `storage.buckets`.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal, such as `ResourceNotEmpty`; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn delete_bucket(&self, name: impl AsRef<str>) -> M::Answer<()> {
        let target = bucket_target("bucket/", name.as_ref());
        let core = Arc::clone(&self.core);
        answer::<_, M>(&self.core, async move {
            core.send(&request(Method::DELETE, target?)).await?;
            Ok(())
        })
    }
}

/// A listing of buckets. [`Storage::list_buckets`] starts one; it is sent when it is awaited, or by
/// [`execute`](Self::execute).
#[derive(Debug)]
#[must_use = "a listing does nothing until it is awaited, or sent with `execute`"]
pub struct BucketsRequest<M: Mode = Async> {
    storage: Storage<M>,
    parameters: Vec<(&'static str, String)>,
}

impl<M: Mode> BucketsRequest<M> {
    fn parameter(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.retain(|(set, _)| *set != name);
        self.parameters.push((name, value.into()));
        self
    }

    /// Sets the maximum number of buckets.
    pub fn limit(self, buckets: u32) -> Self {
        self.parameter("limit", buckets.to_string())
    }

    /// Skips this many buckets.
    pub fn offset(self, buckets: u32) -> Self {
        self.parameter("offset", buckets.to_string())
    }

    /// Lists only buckets whose names contain this text.
    pub fn search(self, text: impl Into<String>) -> Self {
        self.parameter("search", text)
    }

    /// Sorts by this column.
    pub fn sort_by(self, column: SortColumn) -> Self {
        let name = match column {
            SortColumn::Name => "name",
            SortColumn::CreatedAt => "created_at",
            SortColumn::UpdatedAt => "updated_at",
        };
        self.parameter("sortColumn", name)
    }

    /// Sorts from the last to the first.
    pub fn descending(self) -> Self {
        self.parameter("sortOrder", "desc")
    }

    /// Sends the request.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn execute(self) -> M::Answer<Vec<BucketDetails>> {
        let core = Arc::clone(&self.storage.core);
        answer::<_, M>(&core, async move {
            let mut target = format!("{ROOT}bucket");
            for (name, value) in &self.parameters {
                push_query(&mut target, name, value);
            }
            let request = request(Method::GET, target);
            self.storage.core.send(&request).await?.json()
        })
    }
}

awaited!(BucketsRequest::execute -> Vec<BucketDetails>);
