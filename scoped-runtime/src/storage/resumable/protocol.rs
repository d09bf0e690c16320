//! The requests of the protocol: create, offset, part, end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret, SecretString};

use super::super::object_options::{ObjectOptions, write_upsert};
use super::super::request::{ROOT, request, set_header, unexpected, upload_timeout};
use super::url::UploadUrl;
use crate::client::Core;
use crate::error::{ClientError, Error};
use crate::transport::{Response, Retry, TransportRequest};

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

/// What all requests of one upload have in common.
pub(super) struct Protocol {
    pub(super) core: Arc<Core>,
    pub(super) upsert: bool,
    /// The token of a signed upload URL.
    pub(super) signature: Option<SecretString>,
    pub(super) part_timeout: Option<Duration>,
}

/// How far the server has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) offset: u64,
    /// `None` while the length is not known to the server.
    pub(super) length: Option<u64>,
}

impl Protocol {
    fn root(&self) -> String {
        let signed = if self.signature.is_some() {
            "/sign"
        } else {
            ""
        };
        format!("{ROOT}upload/resumable{signed}")
    }

    fn request(&self, method: Method, target: String) -> Result<TransportRequest, ClientError> {
        let mut request = request(method, target);
        // The last segment is the upload's secret.
        request.logged_path = Some("storage/v1/upload/resumable");
        set_header(&mut request, RESUMABLE, "1.0.0")?;
        // Not only on creation: without it a part of an upload that replaces an object is refused.
        if self.upsert {
            write_upsert(&mut request);
        }
        if let Some(signature) = &self.signature {
            set_header(&mut request, SIGNATURE, signature.expose_secret())?;
            if let Some(value) = request.headers.get_mut(SIGNATURE) {
                value.set_sensitive(true);
            }
        }
        Ok(request)
    }

    pub(super) async fn create(
        &self,
        bucket: &str,
        key: &str,
        length: Option<u64>,
        options: &ObjectOptions,
    ) -> Result<UploadUrl, Error> {
        let mut request = self.request(Method::POST, self.root())?;
        match length {
            Some(bytes) => set_header(&mut request, LENGTH, &bytes.to_string())?,
            None => set_header(&mut request, DEFER_LENGTH, "1")?,
        }
        let metadata = options.upload_metadata(bucket, key);
        set_header(&mut request, METADATA, &metadata)?;
        let response = self.core.send(&request).await?;
        let location = response.header(LOCATION.as_str());
        Ok(UploadUrl::of_location(location, bucket, key)?)
    }

    /// Asks how far the server has come.
    pub(super) async fn state(&self, url: &UploadUrl) -> Result<State, Error> {
        let request = self.request(Method::HEAD, url.target(&self.root()))?;
        let response = self.core.send(&request).await?;
        let offset = number(&response, &OFFSET)
            .ok_or_else(|| unexpected("a resumable upload", "has no offset"))?;
        let length = number(&response, &LENGTH);
        if length.is_some_and(|length| length < offset) {
            return Err(unexpected("a resumable upload", "is longer than its length").into());
        }
        Ok(State { offset, length })
    }

    /// Sends a part, and returns how far the server has come then. `length` tells it the length of the whole, if it
    /// does not know it yet.
    pub(super) async fn send_part(
        &self,
        url: &UploadUrl,
        offset: u64,
        part: Bytes,
        length: Option<u64>,
    ) -> Result<u64, Error> {
        let mut request = self.request(Method::PATCH, url.target(&self.root()))?;
        let kind = HeaderValue::from_static("application/offset+octet-stream");
        request.headers.insert(CONTENT_TYPE, kind);
        set_header(&mut request, OFFSET, &offset.to_string())?;
        if let Some(bytes) = length {
            set_header(&mut request, LENGTH, &bytes.to_string())?;
        }
        let bytes = part.len() as u64;
        request.body = part;
        request.retry = Retry::Never;
        let timeout = self.part_timeout;
        request.timeout = Some(timeout.unwrap_or_else(|| upload_timeout(&self.core, bytes)));
        let response = self.core.send(&request).await?;
        // The server may have taken fewer bytes than it was sent, and never others.
        number(&response, &OFFSET)
            .filter(|new| (offset..=offset + bytes).contains(new))
            .ok_or_else(|| unexpected("a part", "has an offset that is not in the part").into())
    }

    /// Waits before the next attempt, by the project's clock.
    pub(super) async fn pause(&self, time: Duration) {
        let clock = &self.core.settings().clock;
        let moment = clock.monotonic().saturating_add(time);
        clock.sleep_until(moment).await;
    }

    /// Removes the upload and what was sent of it.
    pub(super) async fn end(&self, url: &UploadUrl) -> Result<(), Error> {
        let request = self.request(Method::DELETE, url.target(&self.root()))?;
        self.core.send(&request).await?;
        Ok(())
    }
}

fn number(response: &Response, name: &HeaderName) -> Option<u64> {
    response.header(name.as_str())?.parse().ok()
}
