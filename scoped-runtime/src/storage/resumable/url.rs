use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use super::super::key::is_step;
use super::super::request::{ROOT, unexpected};
use crate::error::ClientError;

/// The address of a resumable upload that was begun. [`ResumableUpload::url`](super::ResumableUpload::url) returns it,
/// and [`Bucket::resume`](crate::storage::Bucket::resume) takes it.
///
/// It is a secret: every user of the project can read the state of the upload by it. `Debug` does not show it. It lives
/// for a day on Supabase.
#[derive(Clone)]
pub struct UploadUrl {
    /// The last segment of the address. The rest of it is not used: the server writes the address of its own host,
    /// which may not be the one that this project is reached by.
    id: SecretString,
    /// The bucket, the key and the version, with slashes between.
    object: String,
}

/// The maximum length of the last segment: a key of 1024 bytes in base64, with bucket and version.
const MAX_ID: usize = 2048;

impl UploadUrl {
    /// Reads what [`expose_secret`](Self::expose_secret) returned earlier.
    ///
    /// # Errors
    /// [`ClientError::InvalidQuery`] when it is not the address of an upload.
    pub fn new(url: impl AsRef<str>) -> Result<Self, ClientError> {
        Self::parse(url.as_ref()).ok_or_else(|| ClientError::InvalidQuery {
            what: "the URL is not that of a resumable upload".to_owned(),
            remedy: "pass the text that `expose_secret` of an `UploadUrl` returned",
        })
    }

    /// Reads the `Location` of a new upload of this object.
    pub(super) fn of_location(
        location: Option<&str>,
        bucket: &str,
        key: &str,
    ) -> Result<Self, ClientError> {
        let url = location.and_then(Self::parse);
        url.filter(|url| {
            let after = url.object.strip_prefix(bucket);
            let key_of = after.and_then(|after| after.strip_prefix('/')?.rsplit_once('/'));
            key_of.is_some_and(|(found, version)| found == key && !version.is_empty())
        })
        .ok_or_else(|| unexpected("a new resumable upload", "is not for the requested object"))
    }

    fn parse(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next()?;
        let id = path.rsplit('/').next()?;
        if id.len() > MAX_ID {
            return None;
        }
        let object = URL_SAFE_NO_PAD.decode(id.trim_end_matches('=')).ok()?;
        let object = String::from_utf8(object).ok()?;
        let is_object = object.split('/').count() >= 3 && !object.split('/').any(is_step);
        is_object.then(|| Self {
            id: id.to_owned().into(),
            object,
        })
    }

    /// Whether the upload is into this bucket.
    pub(super) fn is_in(&self, bucket: &str) -> bool {
        let after = self.object.strip_prefix(bucket);
        after.is_some_and(|after| after.starts_with('/'))
    }

    pub(super) fn target(&self, root: &str) -> String {
        format!("{root}/{}", self.id.expose_secret())
    }

    /// A text from which [`new`](Self::new) makes the same value, to be kept over a restart of the program.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        format!("/{}", self.target(&format!("{ROOT}upload/resumable")))
    }
}

impl fmt::Debug for UploadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UploadUrl([redacted])")
    }
}
