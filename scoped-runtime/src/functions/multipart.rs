use std::fmt;
use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use http::HeaderValue;

use crate::client::name::invalid;
use crate::error::ClientError;
use crate::transport::Upload;

/// A form with files (`multipart/form-data`, RFC 7578), as the body of a call;
/// [`Invocation::multipart`](super::Invocation::multipart) takes it.
///
/// ```no_run
/// use scoped_runtime::functions::Multipart;
///
/// # async fn example(alice: scoped_runtime::ScopedClient, image: Vec<u8>) -> Result<(), scoped_runtime::Error> {
/// let form = Multipart::new()
///     .text("title", "a picture")
///     .file("image", "cat.png", "image/png", image);
/// alice.functions().invoke("publish", ()).multipart(form).await?;
/// # Ok(()) }
/// ```
#[derive(Default)]
#[must_use = "a form does nothing until a call sends it"]
pub struct Multipart {
    parts: Vec<Part>,
    /// The first mistake.
    error: Option<ClientError>,
}

struct Part {
    /// The header lines, without the empty line that ends them.
    headers: String,
    body: PartBody,
}

enum PartBody {
    Bytes(Bytes),
    Upload(Upload),
}

/// A form as it is sent.
pub(super) enum FormBody {
    /// Every part is in memory.
    Bytes(Bytes),
    /// A part is streamed.
    Upload(Upload),
}

impl Multipart {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field with a text.
    pub fn text(self, name: impl AsRef<str>, value: impl Into<String>) -> Self {
        let body = PartBody::Bytes(value.into().into());
        self.part(disposition(name.as_ref()), body)
    }

    /// Adds a file that is in memory.
    pub fn file(
        self,
        name: impl AsRef<str>,
        file_name: impl AsRef<str>,
        content_type: impl AsRef<str>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let body = PartBody::Bytes(bytes.into());
        self.file_part(
            name.as_ref(),
            file_name.as_ref(),
            content_type.as_ref(),
            body,
        )
    }

    /// Adds a file that is streamed. If each streamed file of the form has a [length](Upload::length), the
    /// form has a `Content-Length`.
    pub fn upload(
        self,
        name: impl AsRef<str>,
        file_name: impl AsRef<str>,
        content_type: impl AsRef<str>,
        upload: Upload,
    ) -> Self {
        let body = PartBody::Upload(upload);
        self.file_part(
            name.as_ref(),
            file_name.as_ref(),
            content_type.as_ref(),
            body,
        )
    }

    fn file_part(mut self, name: &str, file_name: &str, kind: &str, body: PartBody) -> Self {
        if HeaderValue::from_str(kind).is_err() || kind.trim().is_empty() {
            let remedy = "use a media type such as `image/png`";
            let error = invalid("content type", kind, "is not a media type", remedy);
            self.error.get_or_insert(error);
            return self;
        }
        let name = disposition(name);
        let file_name = escaped(file_name);
        self.part(
            format!("{name}; filename=\"{file_name}\"\r\nContent-Type: {kind}"),
            body,
        )
    }

    fn part(mut self, headers: String, body: PartBody) -> Self {
        self.parts.push(Part { headers, body });
        self
    }

    /// The `Content-Type` and the body of the form.
    pub(super) fn into_body(self) -> Result<(HeaderValue, FormBody), ClientError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let boundary = boundary();
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let content_type = HeaderValue::from_str(&content_type).map_err(|_| {
            invalid(
                "content type",
                "",
                "cannot be a header",
                "report this as a bug",
            )
        })?;
        let is_streamed = |part: &Part| matches!(part.body, PartBody::Upload(_));
        let body = if self.parts.iter().any(is_streamed) {
            FormBody::Upload(self.into_upload(&boundary))
        } else {
            FormBody::Bytes(self.into_bytes(&boundary))
        };
        Ok((content_type, body))
    }

    fn into_bytes(self, boundary: &str) -> Bytes {
        let mut form = Vec::new();
        for part in self.parts {
            form.extend_from_slice(part.head(boundary).as_bytes());
            if let PartBody::Bytes(bytes) = part.body {
                form.extend_from_slice(&bytes);
            }
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(end(boundary).as_bytes());
        form.into()
    }

    fn into_upload(self, boundary: &str) -> Upload {
        let end = end(boundary);
        let mut length = Some(end.len() as u64);
        let mut streams = Vec::new();
        for part in self.parts {
            let head = part.head(boundary);
            let bytes = match &part.body {
                PartBody::Bytes(bytes) => Some(bytes.len() as u64),
                PartBody::Upload(upload) => upload.bytes_left(),
            };
            let around = head.len() as u64 + 2;
            length = length.and_then(|length| length.checked_add(bytes?.checked_add(around)?));
            let body = match part.body {
                PartBody::Bytes(bytes) => one(bytes).boxed(),
                PartBody::Upload(upload) => upload.into_stream().boxed(),
            };
            let after = one(Bytes::from_static(b"\r\n"));
            streams.push(one(head.into()).chain(body).chain(after).boxed());
        }
        streams.push(one(end.into()).boxed());
        let upload = Upload::new(stream::iter(streams).flatten());
        match length {
            Some(length) => upload.length(length),
            None => upload,
        }
    }
}

impl Part {
    fn head(&self, boundary: &str) -> String {
        format!("--{boundary}\r\n{}\r\n\r\n", self.headers)
    }
}

fn end(boundary: &str) -> String {
    format!("--{boundary}--\r\n")
}

fn one(
    bytes: Bytes,
) -> impl Stream<Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>> + Send {
    stream::iter([Ok(bytes)])
}

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", escaped(name))
}

/// A name in quotes, escaped as browsers do it; see
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>.
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A line that no part contains: its 128 bits are random, so that no content can be made to contain it.
fn boundary() -> String {
    let (first, second) = (RandomState::new(), RandomState::new());
    format!("{:016x}{:016x}", first.hash_one(0), second.hash_one(1))
}

/// Does not show the parts, which may be private.
impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}
