//! Supabase Storage, as the client's user (feature `storage`): buckets, objects, signed URLs, resumable
//! uploads. The guide is [`docs::storage`](crate::docs::storage).
//!
//! ```no_run
//! # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
//! let reports = alice.storage().bucket("reports");
//! reports.upload("2026/q1.txt", "a good quarter").await?;
//! let report = reports.download("2026/q1.txt").await?;
//! assert_eq!(report, "a good quarter");
//! # Ok(()) }
//! ```
//!
//! Policies on `storage.objects` decide what the user may do. Public buckets and signed URLs bypass them; the
//! documentation of each method that does so says it.
//!
//! The same types serve async and blocking code. A method that sends returns [`Mode::Answer`]: a future in async
//! code, the result in blocking code. A method with options returns a request, which is awaited in async code, and
//! sent by its last method (`execute`, `bytes`, ...) in either.

mod body;
mod bucket;
mod bucket_request;
mod buckets;
mod copy;
mod download;
mod download_request;
mod key;
mod list;
mod list_v2;
mod object;
mod object_options;
mod public_url;
mod remove;
mod request;
mod resumable;
mod signed_upload;
mod signed_url;
mod transform;
mod upload;

pub use body::Body;
pub use bucket::Bucket;
pub use bucket_request::{BucketRequest, FileSizeLimit};
pub use buckets::{BucketDetails, BucketsRequest};
pub use copy::{CopyRequest, MoveRequest};
pub use download::Download;
pub use download_request::DownloadRequest;
pub use list::{ListEntry, ListRequest, SortColumn};
pub use list_v2::{ListV2Request, ObjectPage, Pages};
pub use object::{ObjectInfo, Uploaded};
pub use public_url::PublicUrl;
pub use remove::Removed;
pub use resumable::{Progress, ResumableRequest, ResumableUpload, UploadUrl};
pub use signed_upload::SignedUploadUrl;
pub use signed_url::{SignRequest, SignedUrl};
pub use transform::{Resize, Transform};
pub use upload::UploadRequest;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use self::key::is_step;
use self::request::unknown_url;
use crate::client::{AnonymousClient, Async, Core, Mode, ScopedClient};
use crate::error::ClientError;

/// Supabase Storage, as the client's user. [`ScopedClient::storage`](crate::ScopedClient::storage) returns it. Cheap
/// to clone.
pub struct Storage<M: Mode = Async> {
    core: Arc<Core>,
    mode: PhantomData<fn() -> M>,
}

impl<C, M: Mode> ScopedClient<C, M> {
    /// Supabase Storage as this client's user (feature `storage`).
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let photo = alice.storage().bucket("photos").download("alice/cat.jpg").await?;
    /// # Ok(()) }
    /// ```
    pub fn storage(&self) -> Storage<M> {
        Storage::new(self.core())
    }
}

impl<M: Mode> AnonymousClient<M> {
    /// Supabase Storage in the role `anon`, without a token (feature `storage`).
    pub fn storage(&self) -> Storage<M> {
        Storage::new(self.core())
    }
}

impl<M: Mode> Storage<M> {
    fn new(core: &Arc<Core>) -> Self {
        Self {
            core: Arc::clone(core),
            mode: PhantomData,
        }
    }

    /// The bucket of this name. Nothing is sent, and this method does not fail: an invalid name is an error when a
    /// request is sent.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let reports = alice.storage().bucket("reports");
    /// let report = reports.download("alice/q1.pdf").await?;
    /// # Ok(()) }
    /// ```
    #[doc(alias = "from")]
    #[doc(alias = "from_")]
    pub fn bucket(&self, name: impl AsRef<str>) -> Bucket<M> {
        Bucket::new(self.clone(), name.as_ref())
    }

    /// Downloads what a [`SignedUrl`] leads to. Only URLs of this project are accepted, because the request carries
    /// the user's token.
    ///
    /// **The policies are not asked**: the URL is the permission.
    pub fn download_signed(&self, url: impl AsRef<str>) -> DownloadRequest<M> {
        let kinds = ["object/sign/", "render/image/sign/"];
        DownloadRequest::of_target(self.clone(), self.own_target(url.as_ref(), &kinds))
    }

    /// Uploads to a [`SignedUploadUrl`]. Only URLs of this project are accepted, because the request carries the
    /// user's token. [`upsert`](UploadRequest::upsert) has no effect: the URL says whether it replaces.
    ///
    /// **The policies are not asked**: the URL is the permission, and its maker becomes the owner.
    pub fn upload_signed(&self, url: impl AsRef<str>, body: impl Into<Body>) -> UploadRequest<M> {
        let target = self.own_target(url.as_ref(), &["object/upload/sign/"]);
        UploadRequest::to_target(self.clone(), target, body.into())
    }

    /// The target of a URL of this project's Storage, if it is of one of these kinds.
    fn own_target(&self, url: &str, kinds: &[&str]) -> Result<String, ClientError> {
        let rest = url
            .strip_prefix(self.core.project_url())
            .and_then(|target| target.strip_prefix(request::ROOT))
            .ok_or_else(unknown_url)?;
        let path = rest.split('?').next().unwrap_or_default();
        // Proxies fold steps that are percent-encoded, too.
        let leads_elsewhere = |segment: &str| {
            let segment = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
            is_step(&segment) || segment.contains(['/', '\\'])
        };
        if !kinds.iter().any(|kind| rest.starts_with(kind)) || path.split('/').any(leads_elsewhere)
        {
            return Err(unknown_url());
        }
        Ok(format!("{}{rest}", request::ROOT))
    }
}

impl<M: Mode> Clone for Storage<M> {
    fn clone(&self) -> Self {
        Self::new(&self.core)
    }
}

impl<M: Mode> fmt::Debug for Storage<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage")
            .field("user_id", &self.core.user_id())
            .finish_non_exhaustive()
    }
}
