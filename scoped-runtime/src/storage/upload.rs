use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::io::AsyncReadExt;

use super::body::{Body, Kind, open, read_parts, unreadable};
use super::object_options::{ObjectOptions, option_methods};
use super::request::{ROOT, awaited, object_target, request, unexpected, upload_timeout};
use super::{Bucket, Storage, Uploaded};
use crate::client::name::invalid;
use crate::client::{Async, Core, Mode, answer};
use crate::error::{ClientError, Error};
use crate::transport::{Response, Retry, TransportRequest, Upload};

/// The upload of an object. [`Bucket::upload`] starts one; it is sent when it is awaited, or by [`execute`](Self::execute).
///
/// The content type is, in this order: the one that is set, the one of the key's extension, the one of the file's or
/// the bytes' beginning, `application/octet-stream`. It is sent without parameters, which a bucket's list of allowed
/// types would not match.
///
/// **Do not use an upload without [`upsert`](Self::upsert) as a lock.** It fails if the object exists; but if several
/// uploads of a new key run at the same time, more than one can succeed, and the last one replaces the others.
#[must_use = "an upload does nothing until it is awaited, or sent with `execute`"]
pub struct UploadRequest<M: Mode = Async> {
    storage: Storage<M>,
    target: Result<String, ClientError>,
    /// The name by whose extension the content type is guessed.
    name: String,
    /// What the response has to name; `None` for a signed URL.
    expected_path: Option<String>,
    body: Body,
    options: ObjectOptions,
    timeout: Option<Duration>,
}

/// The first bytes by which a file's type is recognised.
const BEGINNING: usize = 8192;
/// The time that the default timeout adds for an upload of unknown length.
const UNKNOWN_LENGTH: Duration = Duration::from_secs(60 * 60);
/// The buckets whose objects cannot be addressed by the path of a plain upload: another route answers there.
const ROUTES: [&str; 4] = ["sign", "list", "list-v2", "upload"];

impl<M: Mode> UploadRequest<M> {
    pub(super) fn to_object(bucket: Bucket<M>, key: String, body: Body) -> Self {
        let target = if ROUTES.contains(&&*bucket.name) {
            Err(invalid(
                "bucket",
                &bucket.name,
                "has the name of a route of Storage, which an upload would reach",
                "use `upload_resumable`, which names the bucket in a header",
            ))
        } else {
            object_target("object/", &bucket.name, &key)
        };
        Self {
            expected_path: Some(format!("{}/{key}", bucket.name)),
            name: key,
            ..Self::to_target(bucket.storage, target, body)
        }
    }

    pub(super) fn to_target(
        storage: Storage<M>,
        target: Result<String, ClientError>,
        body: Body,
    ) -> Self {
        let path = target.as_deref().unwrap_or_default();
        let name = path.split('?').next().unwrap_or_default().to_owned();
        Self {
            storage,
            target,
            name,
            expected_path: None,
            body,
            options: ObjectOptions::default(),
            timeout: None,
        }
    }

    option_methods! {
        /// Replaces an existing object. Without this, an existing object is an error.
        upsert,
        /// Sets the content type, such as `image/png`.
        content_type,
        /// Sets how long browsers and the CDN may keep the object, in whole seconds (`max-age`); one hour by default.
        cache_control,
        /// Stores metadata with the object, a struct or a map of at most 6 KiB as JSON. [`Bucket::info`] returns it.
        metadata,
    }

    /// Sets how long the upload may take in total. The default is
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout) and one second for each 64 KiB, or one hour more if
    /// the length is not known.
    pub fn timeout(mut self, after: Duration) -> Self {
        self.timeout = Some(after);
        self
    }

    /// Sends the upload.
    ///
    /// A body of bytes is sent again when the token was refused as expired, and with [`upsert`](Self::upsert) also when
    /// the connection was lost. A file or a stream is sent once.
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal, [`ClientError::Upload`] when the body could not be read, [`Error::Client`] and
    /// [`Error::Token`] when nothing was sent or no answer arrived.
    pub fn execute(self) -> M::Answer<Uploaded> {
        let core = Arc::clone(&self.storage.core);
        answer::<_, M>(&core, self.run())
    }

    async fn run(mut self) -> Result<Uploaded, Error> {
        let target = std::mem::replace(&mut self.target, Ok(String::new()))?;
        self.options.check()?;
        let is_signed = self.expected_path.is_none();
        let method = if is_signed { Method::PUT } else { Method::POST };
        let mut request = request(method, target);
        // The token of a signed URL says whether it replaces.
        self.options.upsert &= !is_signed;
        self.options.write_upsert(&mut request);
        let core = Arc::clone(&self.storage.core);
        let response = self.send_body(&core, request).await?;
        let uploaded: Uploaded = response.json()?;
        match &self.expected_path {
            Some(expected) if *expected != uploaded.path => Err(unexpected(
                "an upload",
                "names another object than the one that was uploaded",
            )
            .into()),
            _ => Ok(uploaded),
        }
    }

    async fn send_body(
        &mut self,
        core: &Core,
        mut request: TransportRequest,
    ) -> Result<Response, Error> {
        let body = std::mem::replace(&mut self.body.0, Kind::Bytes(Bytes::new()));
        let (upload, length) = match body {
            Kind::Bytes(bytes) => {
                self.options.guess_content_type(&self.name, &bytes);
                let length = bytes.len() as u64;
                request.body = bytes;
                if self.options.upsert {
                    request.retry = Retry::Always;
                }
                (None, Some(length))
            }
            Kind::File(path) => {
                let (mut file, length) = open(&path).await?;
                let mut beginning = Vec::new();
                if !self.options.has_content_type() {
                    let mut start = (&mut file).take(BEGINNING as u64);
                    start
                        .read_to_end(&mut beginning)
                        .await
                        .map_err(unreadable)?;
                    self.options.guess_content_type(&self.name, &beginning);
                }
                let upload = Upload::new(read_parts(file, beginning.into()));
                (Some(upload.length(length)), Some(length))
            }
            Kind::Stream(upload) => {
                self.options.guess_content_type(&self.name, &[]);
                let length = upload.bytes_left();
                (Some(upload), length)
            }
        };
        self.options.write_headers(&mut request)?;
        request.timeout = Some(self.timeout.unwrap_or_else(|| match length {
            Some(bytes) => upload_timeout(core, bytes),
            None => upload_timeout(core, 0).saturating_add(UNKNOWN_LENGTH),
        }));
        match upload {
            Some(upload) => core.send_upload(&request, upload).await,
            None => core.send(&request).await,
        }
    }
}

awaited!(UploadRequest::execute -> Uploaded);

impl<M: Mode> fmt::Debug for UploadRequest<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query of a signed URL is a secret.
        let target = self.target.as_deref().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        f.debug_struct("UploadRequest")
            .field("path", &path.strip_prefix(ROOT))
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
