use std::fmt;
use std::sync::Arc;

use super::Transform;
use super::request::{object_target, push_query};
use crate::client::Core;
use crate::error::ClientError;

/// The address of an object in a public bucket. [`Bucket::public_url`](super::Bucket::public_url) starts one.
///
/// ```no_run
/// # fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let url = alice.storage().bucket("avatars").public_url("alice.png").build()?;
/// assert!(url.ends_with("/storage/v1/object/public/avatars/alice.png"));
/// # Ok(()) }
/// ```
#[must_use = "the address is made by `build`"]
pub struct PublicUrl {
    core: Arc<Core>,
    bucket: Arc<str>,
    key: String,
    download: Option<String>,
    transform: Option<Transform>,
}

impl PublicUrl {
    pub(super) fn new(core: &Arc<Core>, bucket: &Arc<str>, key: &str) -> Self {
        Self {
            core: Arc::clone(core),
            bucket: Arc::clone(bucket),
            key: key.to_owned(),
            download: None,
            transform: None,
        }
    }

    /// Makes browsers save the object under its own name instead of showing it.
    pub fn download(self) -> Self {
        self.download_as("")
    }

    /// Makes browsers save the object under this name instead of showing it.
    pub fn download_as(mut self, name: impl Into<String>) -> Self {
        self.download = Some(name.into());
        self
    }

    /// Serves the image in another size or quality.
    pub fn transform(mut self, transform: Transform) -> Self {
        self.transform = Some(transform);
        self
    }

    /// Returns the whole URL.
    ///
    /// # Errors
    /// [`ClientError::InvalidName`] for a bucket or a key that Storage does not allow,
    /// [`ClientError::InvalidQuery`] for a transform that it does not offer.
    pub fn build(self) -> Result<String, ClientError> {
        let prefix = match self.transform {
            None => "object/public/",
            Some(_) => "render/image/public/",
        };
        let mut target = object_target(prefix, &self.bucket, &self.key)?;
        if let Some(transform) = self.transform {
            transform.check()?;
            transform.push_to(&mut target);
        }
        if let Some(file) = &self.download {
            push_query(&mut target, "download", file);
        }
        Ok(format!("{}{target}", self.core.project_url()))
    }
}

impl fmt::Debug for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicUrl")
            .field("bucket", &self.bucket)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
