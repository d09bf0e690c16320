use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::protocol::Protocol;
use super::request::OnProgress;
use super::source::Source;
use super::url::UploadUrl;
use crate::client::{Async, Mode, answer};

/// A resumable upload that was begun. [`ResumableRequest::begin`](super::ResumableRequest::begin) returns it.
///
/// ```no_run
/// use scoped_runtime::storage::{Body, UploadUrl};
///
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let videos = alice.storage().bucket("videos");
/// let upload = videos.upload_resumable("alice/trip.mp4", Body::file("trip.mp4")).begin().await?;
/// let kept = upload.url().expose_secret(); // into a file that only this program reads
/// upload.execute().await?;
///
/// // After a restart of the program:
/// let url = UploadUrl::new(kept)?;
/// videos.resume(url, Body::file("trip.mp4")).await?;
/// # Ok(()) }
/// ```
#[must_use = "parts are sent when `execute` is called"]
pub struct ResumableUpload<M: Mode = Async> {
    pub(super) protocol: Protocol,
    pub(super) url: UploadUrl,
    pub(super) source: Source,
    /// How many bytes the server has.
    pub(super) offset: u64,
    pub(super) length: Option<u64>,
    /// Whether the server knows the length.
    pub(super) is_length_sent: bool,
    /// How often the server lost bytes, and the source went back to them.
    pub(super) rewinds: u32,
    pub(super) part_bytes: usize,
    pub(super) on_progress: Option<OnProgress>,
    pub(super) mode: PhantomData<fn() -> M>,
}

impl<M: Mode> ResumableUpload<M> {
    /// The address of the upload, by which it can be continued after a restart of the program.
    #[must_use]
    pub fn url(&self) -> &UploadUrl {
        &self.url
    }

    /// How many bytes the server has.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes the object has; `None` for a stream that does not say it.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Sends all parts that the server does not have, one after the other, each with a live token. After a lost
    /// connection, a timeout or an answer by which the server is busy, it asks the server for its offset, and goes on
    /// from there. It gives up after five failures with no progress between them, and when the server loses bytes for
    /// the sixth time.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal, such as of an object that exists already;
    /// [`ClientError::Upload`](crate::ClientError::Upload) when the body could not be read; the last error when it gave
    /// up. The upload can be continued then with [`Bucket::resume`](crate::storage::Bucket::resume).
    pub fn execute(self) -> M::Answer<()> {
        let core = Arc::clone(&self.protocol.core);
        answer::<_, M>(&core, self.run())
    }

    /// Removes the upload and what was sent of it from the server.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal.
    pub fn cancel(self) -> M::Answer<()> {
        let core = Arc::clone(&self.protocol.core);
        answer::<_, M>(&core, async move { self.protocol.end(&self.url).await })
    }
}

impl<M: Mode> fmt::Debug for ResumableUpload<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableUpload")
            .field("offset", &self.offset)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
