use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::super::Bucket;
use super::super::body::Body;
use super::super::key::{check_bucket, check_key};
use super::super::object_options::{ObjectOptions, option_methods};
use super::super::request::awaited;
use super::super::signed_upload::SignedUploadUrl;
use super::protocol::{Protocol, State};
use super::source::Source;
use super::upload::ResumableUpload;
use super::url::UploadUrl;
use crate::client::{Async, Mode, answer};
use crate::error::{ClientError, Error};

/// What is uploaded to: a new upload of this object, or one that was begun.
#[derive(Debug)]
pub(in super::super) enum Target {
    Key(String),
    Url(UploadUrl),
}

/// How far a resumable upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The bytes that the server has.
    pub sent: u64,
    /// All bytes, if the length is known.
    pub total: Option<u64>,
}

pub(super) type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// A resumable upload. [`Bucket::upload_resumable`] and [`Bucket::resume`] start one. It is sent when it is awaited, or
/// by [`execute`](Self::execute); [`begin`](Self::begin) stops before the first part, so that the program can keep the URL.
///
/// The object appears when the last part has arrived. Memory holds one part, whatever the size of the object.
#[must_use = "an upload does nothing until it is awaited, or sent with `execute`"]
pub struct ResumableRequest<M: Mode = Async> {
    bucket: Bucket<M>,
    to: Target,
    body: Body,
    options: ObjectOptions,
    signature: Option<SecretString>,
    part_bytes: usize,
    part_timeout: Option<Duration>,
    on_progress: Option<OnProgress>,
}

/// The size of a part that Supabase documents.
const PART: usize = 6 << 20;

impl<M: Mode> ResumableRequest<M> {
    pub(in super::super) fn new(bucket: Bucket<M>, to: Target, body: Body) -> Self {
        Self {
            bucket,
            to,
            body,
            options: ObjectOptions::default(),
            signature: None,
            part_bytes: PART,
            part_timeout: None,
            on_progress: None,
        }
    }

    option_methods! {
        /// Replaces an existing object. Without this, an existing object is an error.
        upsert,
        /// Sets the content type, such as `video/mp4`. The default is the one of the key's extension. It has no effect on
        /// [`Bucket::resume`].
        content_type,
        /// Sets how long browsers and the CDN may keep the object, in whole seconds; one hour by default. It has no effect on
        /// [`Bucket::resume`].
        cache_control,
        /// Stores metadata with the object, a struct or a map of at most 6 KiB as JSON. It has no effect on
        /// [`Bucket::resume`].
        metadata,
    }

    /// Uploads by the permission of a signed upload URL of the same object, which asks no policy.
    pub fn signed(mut self, url: &SignedUploadUrl) -> Self {
        self.signature = Some(url.expose_token().into());
        self
    }

    /// Sets the size of a part in bytes; 6 MiB by default, which Supabase documents as the only one. At least 1.
    pub fn part_bytes(mut self, bytes: usize) -> Self {
        self.part_bytes = bytes.max(1);
        self
    }

    /// Sets how long one part may take. The default is
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout) and one second for each 64 KiB.
    pub fn part_timeout(mut self, after: Duration) -> Self {
        self.part_timeout = Some(after);
        self
    }

    /// Calls the function whenever the server has taken a part. It must be fast: the next part waits for it.
    pub fn on_progress(mut self, call: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(call));
        self
    }

    /// Begins the upload at the server, or asks how far it has come, and sends no part yet.
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal, such as an upload that has expired; [`ClientError::Upload`] when the body could
    /// not be opened; [`ClientError::InvalidQuery`] when the body has another length than the upload that it continues.
    pub fn begin(self) -> M::Answer<ResumableUpload<M>> {
        let core = Arc::clone(self.bucket.core());
        answer::<_, M>(&core, self.run_begin())
    }

    /// Uploads everything.
    ///
    /// # Errors
    /// The errors of [`begin`](Self::begin) and of [`ResumableUpload::execute`].
    pub fn execute(self) -> M::Answer<()> {
        let core = Arc::clone(self.bucket.core());
        answer::<_, M>(&core, async move { self.run_begin().await?.run().await })
    }

    async fn run_begin(mut self) -> Result<ResumableUpload<M>, Error> {
        self.options.check()?;
        check_bucket(&self.bucket.name)?;
        let protocol = Protocol {
            core: Arc::clone(self.bucket.core()),
            upsert: self.options.upsert,
            signature: self.signature,
            part_timeout: self.part_timeout,
        };
        let mut source;
        let (url, state) = match self.to {
            Target::Key(key) => {
                check_key(&key)?;
                protocol.core.check_may_write("a resumable upload")?;
                source = Source::open(self.body).await?;
                self.options.guess_content_type(&key, &[]);
                let name = &self.bucket.name;
                let length = source.length();
                let url = protocol.create(name, &key, length, &self.options);
                (url.await?, State { offset: 0, length })
            }
            Target::Url(url) => {
                if !url.is_in(&self.bucket.name) {
                    return Err(ClientError::InvalidQuery {
                        what: "the resumable upload is into another bucket".to_owned(),
                        remedy: "call `resume` of the bucket that it was begun in",
                    }
                    .into());
                }
                protocol.core.check_may_write("a resumable upload")?;
                let state = protocol.state(&url).await?;
                source = Source::open(self.body).await?;
                check_length(state, source.length())?;
                source.skip_to(state.offset).await?;
                (url, state)
            }
        };
        Ok(ResumableUpload {
            protocol,
            url,
            is_length_sent: state.length.is_some(),
            length: state.length.or_else(|| source.length()),
            offset: state.offset,
            source,
            rewinds: 0,
            part_bytes: self.part_bytes,
            on_progress: self.on_progress,
            mode: std::marker::PhantomData,
        })
    }
}

/// Refuses a body that is not the one of the upload that it is to continue: its length is another one, or less than
/// what the server has.
fn check_length(upload: State, of_body: Option<u64>) -> Result<(), ClientError> {
    let Some(body) = of_body else {
        return Ok(());
    };
    let of_upload = match upload.length {
        Some(length) if length != body => format!("{length} bytes"),
        None if upload.offset > body => format!("at least {} bytes", upload.offset),
        _ => return Ok(()),
    };
    Err(ClientError::InvalidQuery {
        what: format!("the upload has {of_upload}, and the body {body}"),
        remedy: "pass the body that the upload was begun with",
    })
}

awaited!(ResumableRequest::execute -> ());

impl<M: Mode> fmt::Debug for ResumableRequest<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableRequest")
            .field("bucket", &self.bucket.name)
            .field("to", &self.to)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
