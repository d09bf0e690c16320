use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::request::set_header;
use crate::client::name::invalid;
use crate::error::ClientError;
use crate::transport::TransportRequest;

const UPSERT: HeaderName = HeaderName::from_static("x-upsert");
const METADATA: HeaderName = HeaderName::from_static("x-metadata");

/// The content type if none is set or recognised; the same as Storage's own default.
const UNKNOWN_TYPE: &str = "application/octet-stream";
/// How long browsers and the CDN may keep an object, unless the upload says otherwise; the same as in the official
/// clients.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// The maximum size of the user's metadata as JSON, in bytes. Storage refuses headers of more than 16 KiB together.
const MAX_METADATA: usize = 6 << 10;

/// What an upload or a copy stores with an object beside its content, and whether it replaces one.
#[derive(Debug, Default)]
pub(super) struct ObjectOptions {
    content_type: Option<String>,
    max_age: Option<Duration>,
    /// A JSON object.
    metadata: Option<String>,
    /// Whether an existing object is replaced.
    pub(super) upsert: bool,
    /// The first error of the methods that set them.
    error: Option<ClientError>,
}

impl ObjectOptions {
    pub(super) fn set_content_type(&mut self, content_type: &str) {
        if is_media_type(content_type) {
            self.content_type = Some(content_type.to_owned());
        } else {
            self.fail(invalid(
                "content type",
                content_type,
                "is not a media type",
                "pass one such as `image/png`",
            ));
        }
    }

    pub(super) fn set_cache_control(&mut self, max_age: Duration) {
        self.max_age = Some(max_age);
    }

    pub(super) fn set_metadata(&mut self, metadata: &impl Serialize) {
        match metadata_json(metadata) {
            Ok(json) => self.metadata = Some(json),
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: ClientError) {
        self.error.get_or_insert(error);
    }

    /// The error of a method that set an option.
    pub(super) fn check(&mut self) -> Result<(), ClientError> {
        self.error.take().map_or(Ok(()), Err)
    }

    pub(super) fn has_content_type(&self) -> bool {
        self.content_type.is_some()
    }

    /// Sets the content type by the name of the object, else by its first bytes, unless there is one.
    pub(super) fn guess_content_type(&mut self, name: &str, beginning: &[u8]) {
        if self.content_type.is_none() {
            let guessed = type_of_name(name)
                .or_else(|| infer::get(beginning).map(|kind| kind.mime_type()))
                .unwrap_or(UNKNOWN_TYPE);
            self.content_type = Some(guessed.to_owned());
        }
    }

    fn max_age_text(&self) -> String {
        self.max_age
            .unwrap_or(DEFAULT_MAX_AGE)
            .as_secs()
            .to_string()
    }

    /// Writes the options as the headers of a plain upload.
    pub(super) fn write_headers(&self, request: &mut TransportRequest) -> Result<(), ClientError> {
        let content_type = self.content_type.as_deref();
        let content_type = content_type.unwrap_or(UNKNOWN_TYPE);
        set_header(request, CONTENT_TYPE, content_type)?;
        let cache_control = format!("max-age={}", self.max_age_text());
        set_header(request, CACHE_CONTROL, &cache_control)?;
        self.write_metadata(request)
    }

    /// Writes whether an existing object is replaced.
    pub(super) fn write_upsert(&self, request: &mut TransportRequest) {
        if self.upsert {
            write_upsert(request);
        }
    }

    /// Writes only the user's metadata.
    pub(super) fn write_metadata(&self, request: &mut TransportRequest) -> Result<(), ClientError> {
        match &self.metadata {
            Some(json) => set_header(request, METADATA, &STANDARD.encode(json)),
            None => Ok(()),
        }
    }

    /// The members that a copy changes: `cacheControl` and `mimetype`.
    pub(super) fn copy_metadata(&self) -> Option<Value> {
        let mut members = serde_json::Map::new();
        if let Some(content_type) = &self.content_type {
            members.insert("mimetype".to_owned(), content_type.clone().into());
        }
        if self.max_age.is_some() {
            let cache_control = format!("max-age={}", self.max_age_text());
            members.insert("cacheControl".to_owned(), cache_control.into());
        }
        (!members.is_empty()).then_some(Value::Object(members))
    }

    /// Whether the user's metadata is set.
    pub(super) fn has_metadata(&self) -> bool {
        self.metadata.is_some()
    }

    /// The `Upload-Metadata` header of a resumable upload.
    pub(super) fn upload_metadata(&self, bucket: &str, key: &str) -> String {
        let mut header = format!(
            "bucketName {},objectName {}",
            STANDARD.encode(bucket),
            STANDARD.encode(key)
        );
        let content_type = self.content_type.as_deref();
        let max_age = self.max_age_text();
        for (name, value) in [
            ("contentType", content_type),
            ("cacheControl", Some(max_age.as_str())),
            ("metadata", self.metadata.as_deref()),
        ] {
            if let Some(value) = value {
                let _: std::fmt::Result = write!(header, ",{name} {}", STANDARD.encode(value));
            }
        }
        header
    }
}

/// Serialises metadata. Storage drops text that is not JSON silently, and refuses what is not an object.
fn metadata_json(metadata: &impl Serialize) -> Result<String, ClientError> {
    let refuse = |what: &str, remedy| ClientError::InvalidQuery {
        what: format!("`metadata` {what}"),
        remedy,
    };
    let value = serde_json::to_value(metadata).map_err(|error| ClientError::Body {
        source: std::sync::Arc::new(error),
    })?;
    if !value.is_object() {
        return Err(refuse("is not a JSON object", "pass a struct or a map"));
    }
    let json = value.to_string();
    if json.len() > MAX_METADATA {
        return Err(refuse(
            "has more than 6 KiB, which Storage may refuse",
            "keep it in a table",
        ));
    }
    Ok(json)
}

/// Makes a request replace an existing object.
pub(super) fn write_upsert(request: &mut TransportRequest) {
    let yes = HeaderValue::from_static("true");
    request.headers.insert(UPSERT, yes);
}

/// The content type of the extension of a name, without parameters: a bucket that allows `text/plain` refuses
/// `text/plain;charset=UTF-8`.
fn type_of_name(name: &str) -> Option<&'static str> {
    let extension = Path::new(name).extension()?.to_str()?;
    mime_guess::from_ext(extension).first_raw()
}

/// Whether a text has the form `type/subtype`, perhaps with parameters, in visible ASCII.
fn is_media_type(text: &str) -> bool {
    let kind = text.split(';').next().unwrap_or_default().trim();
    let is_token = |text: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !text.is_empty() && text.bytes().all(is_letter)
    };
    let is_visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_visible
        && kind
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// The methods that set the `options` of a request, each with the documentation that is passed.
macro_rules! option_methods {
    (
        $(#[$upsert:meta])* upsert,
        $(#[$content_type:meta])* content_type,
        $(#[$cache_control:meta])* cache_control,
        $(#[$metadata:meta])* metadata,
    ) => {
        $(#[$upsert])*
        pub fn upsert(mut self) -> Self {
            self.options.upsert = true;
            self
        }

        $(#[$content_type])*
        pub fn content_type(mut self, content_type: impl AsRef<str>) -> Self {
            self.options.set_content_type(content_type.as_ref());
            self
        }

        $(#[$cache_control])*
        pub fn cache_control(mut self, max_age: std::time::Duration) -> Self {
            self.options.set_cache_control(max_age);
            self
        }

        $(#[$metadata])*
        pub fn metadata(mut self, metadata: impl serde::Serialize) -> Self {
            self.options.set_metadata(&metadata);
            self
        }
    };
}
pub(super) use option_methods;
