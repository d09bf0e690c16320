use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::list::ListRequest;
use super::list_v2::ListV2Request;
use super::remove::remove;
use super::request::{object_target, request};
use super::resumable::Target;
use super::signed_upload::sign_upload;
use super::signed_url::sign_many;
use super::{
    Body, CopyRequest, DownloadRequest, MoveRequest, ObjectInfo, PublicUrl, Removed,
    ResumableRequest, SignRequest, SignedUploadUrl, SignedUrl, Storage, UploadRequest, UploadUrl,
};
use crate::client::{Async, Core, Mode, answer};
use crate::error::Error;

/// A bucket, as the client's user. [`Storage::bucket`] returns it. Cheap to clone.
///
/// Keys are paths such as `alice/2026/q1.pdf`. They may have ASCII letters, digits and `_/!.*'() &$=@;:+,?-`; a key
/// with an empty segment or with `.` or `..` as a segment is refused before anything is sent.
pub struct Bucket<M: Mode = Async> {
    pub(super) storage: Storage<M>,
    pub(super) name: Arc<str>,
}

impl<M: Mode> Bucket<M> {
    pub(super) fn new(storage: Storage<M>, name: &str) -> Self {
        let name = name.into();
        Self { storage, name }
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.storage.core
    }

    /// The name of the bucket.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Storage that the bucket is in.
    #[must_use]
    pub fn storage(&self) -> &Storage<M> {
        &self.storage
    }

    /// Starts the upload of an object. Needs a policy for INSERT; with [`upsert`](UploadRequest::upsert) also for
    /// SELECT and UPDATE.
    ///
    /// ```no_run
    /// use scoped_runtime::storage::Body;
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let reports = alice.storage().bucket("reports");
    /// reports.upload("alice/q1.txt", "a good quarter").await?;
    /// reports.upload("alice/q1.pdf", Body::file("q1.pdf")).upsert().await?;
    /// # Ok(()) }
    /// ```
    #[doc(alias = "update")]
    pub fn upload(&self, key: impl Into<String>, body: impl Into<Body>) -> UploadRequest<M> {
        UploadRequest::to_object(self.clone(), key.into(), body.into())
    }

    /// Starts a resumable upload, which survives lost connections and restarts of the program. Use it for objects
    /// of more than 6 MiB. Needs the policies of [`upload`](Self::upload).
    ///
    /// ```no_run
    /// use scoped_runtime::storage::Body;
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let videos = alice.storage().bucket("videos");
    /// videos
    ///     .upload_resumable("alice/trip.mp4", Body::file("trip.mp4"))
    ///     .on_progress(|progress| println!("{} bytes", progress.sent))
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn upload_resumable(
        &self,
        key: impl Into<String>,
        body: impl Into<Body>,
    ) -> ResumableRequest<M> {
        ResumableRequest::new(self.clone(), Target::Key(key.into()), body.into())
    }

    /// Continues a resumable upload, perhaps after a restart of the program. `body` is the whole content, not only
    /// the rest of it: what the server has is skipped. Repeat [`upsert`](ResumableRequest::upsert) if the upload was
    /// begun with it.
    pub fn resume(&self, url: UploadUrl, body: impl Into<Body>) -> ResumableRequest<M> {
        ResumableRequest::new(self.clone(), Target::Url(url), body.into())
    }

    /// Starts a download. Needs a policy for SELECT. Awaited, it returns the bytes; [`DownloadRequest::stream`] is for
    /// large objects.
    ///
    /// **A public bucket is read without any policy.**
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let reports = alice.storage().bucket("reports");
    /// let report = reports.download("alice/q1.pdf").await?;
    /// let beginning = reports.download("alice/q1.pdf").range(..1024).await?;
    ///
    /// let mut file = tokio::fs::File::create("q1.pdf").await.expect("a file");
    /// reports.download("alice/q1.pdf").stream().await?.write_to(&mut file).await?;
    /// # Ok(()) }
    /// ```
    pub fn download(&self, key: impl AsRef<str>) -> DownloadRequest<M> {
        DownloadRequest::of_object(self, key.as_ref())
    }

    /// Lists the objects and folders in a folder (`""` for the whole bucket), as the official clients do. Needs a
    /// policy for SELECT: what the user may not read is not listed. See [`list_v2`](Self::list_v2) for many objects.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// for entry in alice.storage().bucket("reports").list("alice").limit(20).await? {
    ///     println!("{} {:?}", entry.name, entry.size());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self, folder: impl Into<String>) -> ListRequest<M> {
        ListRequest::new(self.clone(), folder.into())
    }

    /// Lists all objects whose keys begin with `prefix`, page by page, in all folders. Needs a policy for SELECT.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let mut pages = alice.storage().bucket("reports").list_v2("alice/").pages();
    /// while let Some(page) = pages.next().await {
    ///     for object in page?.objects {
    ///         println!("{}", object.name);
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_v2(&self, prefix: impl Into<String>) -> ListV2Request<M> {
        ListV2Request::new(self.clone(), prefix.into())
    }

    /// Returns size, type and metadata of an object. Needs a policy for SELECT. An object that the user may not read
    /// is [not found](crate::StorageError::is_not_found).
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal; the errors of [`Query::execute`](crate::Query::execute) otherwise.
    pub fn info(&self, key: impl AsRef<str>) -> M::Answer<ObjectInfo> {
        let target = object_target("object/info/authenticated/", &self.name, key.as_ref());
        let core = Arc::clone(self.core());
        answer::<_, M>(self.core(), async move {
            core.send(&request(Method::GET, target?)).await?.json()
        })
    }

    /// Whether the object exists and the user may read it.
    ///
    /// # Errors
    /// The errors of [`info`](Self::info), except the one for an object that is not found.
    pub fn exists(&self, key: impl AsRef<str>) -> M::Answer<bool> {
        let target = object_target("object/info/authenticated/", &self.name, key.as_ref());
        let core = Arc::clone(self.core());
        answer::<_, M>(self.core(), async move {
            match core.send(&request(Method::GET, target?)).await {
                Ok(_) => Ok(true),
                Err(Error::Storage(error)) if error.is_not_found() => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    /// Moves an object to another key. Needs policies for SELECT and UPDATE. It keeps its ID and metadata.
    ///
    /// **The server does not check the content types that the target bucket allows.**
    #[doc(alias = "move")]
    #[doc(alias = "rename")]
    pub fn move_to(&self, from: impl Into<String>, to: impl Into<String>) -> MoveRequest<M> {
        MoveRequest::new(self.clone(), from.into(), to.into())
    }

    /// Copies an object. Needs policies for SELECT and INSERT.
    ///
    /// **The server does not check the size limit of the target bucket.**
    pub fn copy(&self, from: impl Into<String>, to: impl Into<String>) -> CopyRequest<M> {
        CopyRequest::new(self.clone(), from.into(), to.into())
    }

    /// Removes objects, and returns which were removed and which were not. Needs policies for SELECT and DELETE. An
    /// object that is missing or that the user may not delete does not cause an error; its key is in
    /// [`Removed::not_removed`].
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal of the request as a whole; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn remove<K: Into<String>>(&self, keys: impl IntoIterator<Item = K>) -> M::Answer<Removed> {
        let keys = keys.into_iter().map(Into::into).collect();
        let work = remove(Arc::clone(self.core()), Arc::clone(&self.name), keys);
        answer::<_, M>(self.core(), work)
    }

    /// Makes a URL by which anyone can read the object until it expires, without a token. Needs a policy for SELECT,
    /// which is asked once, now. `expires_in` is in whole seconds, and at most the maximum lifetime of the
    /// [`MintPolicy`](crate::MintPolicy).
    ///
    /// **What is read by the URL asks no policy.** It also serves later versions of the object, and cannot be revoked.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let reports = alice.storage().bucket("reports");
    /// let url = reports.signed_url("alice/q1.pdf", Duration::from_secs(60)).download_as("q1.pdf").await?;
    /// let link = url.expose_secret();
    /// # Ok(()) }
    /// ```
    #[doc(alias = "create_signed_url")]
    #[doc(alias = "createSignedUrl")]
    pub fn signed_url(&self, key: impl Into<String>, expires_in: Duration) -> SignRequest<M> {
        SignRequest::new(self.clone(), key.into(), expires_in)
    }

    /// [`signed_url`](Self::signed_url) for many objects, in their order; `None` for an object that does not exist or
    /// that the user may not read.
    ///
    /// **What is read by the URLs asks no policy.**
    ///
    /// # Errors
    /// [`Error::Configuration`] when `expires_in` is longer than the mint policy allows, or less than a second;
    /// [`Error::Storage`] for a refusal of the request as a whole.
    #[doc(alias = "create_signed_urls")]
    #[doc(alias = "createSignedUrls")]
    pub fn signed_urls<K: Into<String>>(
        &self,
        keys: impl IntoIterator<Item = K>,
        expires_in: Duration,
    ) -> M::Answer<Vec<Option<SignedUrl>>> {
        let keys = keys.into_iter().map(Into::into).collect();
        let core = Arc::clone(self.core());
        let work = sign_many(core, Arc::clone(&self.name), keys, expires_in);
        answer::<_, M>(self.core(), work)
    }

    /// Makes a URL by which anyone can upload the object, without a token. Needs a policy for INSERT, which is asked
    /// once, now; with `upsert`, also for SELECT and UPDATE. The server decides how long it lives (two hours on
    /// Supabase): if that is longer than the maximum lifetime of the [`MintPolicy`](crate::MintPolicy), the URL is
    /// discarded, and it is an error.
    ///
    /// **What is uploaded by the URL asks no policy**, and belongs to this client's user. With `upsert` the URL can be
    /// used many times.
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal, [`Error::Configuration`] when the mint policy does not allow it.
    #[doc(alias = "create_signed_upload_url")]
    #[doc(alias = "createSignedUploadUrl")]
    pub fn signed_upload_url(
        &self,
        key: impl Into<String>,
        upsert: bool,
    ) -> M::Answer<SignedUploadUrl> {
        let core = Arc::clone(self.core());
        let work = sign_upload(core, Arc::clone(&self.name), key.into(), upsert);
        answer::<_, M>(self.core(), work)
    }

    /// The address of an object in a public bucket. Nothing is sent, so neither the bucket nor the object need to
    /// exist.
    ///
    /// **Anyone can read by it**, if the bucket is public: no policy is asked.
    #[doc(alias = "get_public_url")]
    #[doc(alias = "getPublicUrl")]
    pub fn public_url(&self, key: impl AsRef<str>) -> PublicUrl {
        PublicUrl::new(self.core(), &self.name, key.as_ref())
    }
}

impl<M: Mode> Clone for Bucket<M> {
    fn clone(&self) -> Self {
        Self {
            storage: self.storage.clone(),
            name: Arc::clone(&self.name),
        }
    }
}

impl<M: Mode> fmt::Debug for Bucket<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket")
            .field("name", &self.name)
            .field("user_id", &self.core().user_id())
            .finish_non_exhaustive()
    }
}
