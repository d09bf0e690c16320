use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Serialize;

use super::multipart::{FormBody, Multipart};
use crate::client::name;
use crate::client::{Async, Core, Mode};
use crate::error::{ClientError, FunctionError};
use crate::rest::Request;
use crate::transport::{ErrorResponse, ServiceError, TransportRequest, Upload, is_gateway_status};

/// A call of an Edge Function; [`Functions::invoke`](super::Functions::invoke) starts it. In async code,
/// awaiting it sends it, as [`execute`](Self::execute) does.
///
/// The methods replace the JSON body, and say how the answer is read:
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(alice: scoped_runtime::ScopedClient, image: Vec<u8>) -> Result<(), scoped_runtime::Error> {
/// let functions = alice.functions().region("eu-west-3");
/// let thumbnail = functions
///     .invoke("thumbnail", ())
///     .bytes(image)
///     .header("content-type", "image/png")
///     .query("width", "200")
///     .timeout(Duration::from_secs(5))
///     .await?;
/// let png: &[u8] = thumbnail.bytes();
///
/// let mut tokens = functions.invoke("chat", serde_json::json!({ "ask": "why" })).events().await?;
/// while let Some(event) = tokens.next().await {
///     print!("{}", event?.data);
/// }
/// # Ok(()) }
/// ```
///
/// A client that is [read-only](crate::ScopedClientBuilder::read_only) may only call functions with GET, since
/// a function may write.
#[must_use = "a call does nothing until it is awaited or sent with `execute`"]
pub struct Invocation<M: Mode = Async> {
    pub(super) request: Request<M>,
    pub(super) function: String,
    pub(super) region: Option<String>,
    pub(super) upload: Option<Upload>,
}

/// The path of the functions below a project's URL.
const ROOT: &str = "functions/v1/";

impl<M: Mode> Invocation<M> {
    pub(super) fn new(core: &Arc<Core>, function: &str) -> Self {
        let outgoing = target(function).map(|target| {
            let mut outgoing = TransportRequest::new(Method::POST, target);
            outgoing.read_error = read_error;
            // A function may answer with any type; the default of the transport asks for JSON.
            outgoing
                .headers
                .insert(ACCEPT, HeaderValue::from_static("*/*"));
            outgoing
        });
        Self {
            request: Request::of_service(core, outgoing),
            function: function.to_owned(),
            region: None,
            upload: None,
        }
    }

    pub(super) fn json_or_nothing(self, body: &impl Serialize) -> Self {
        let mut call = self.json(body);
        if call.request.outgoing_mut().body.as_ref() == b"null" {
            return call.bare();
        }
        call
    }

    /// The call without a body.
    fn bare(mut self) -> Self {
        self.upload = None;
        let outgoing = self.request.outgoing_mut();
        outgoing.body = Bytes::new();
        outgoing.headers.remove(CONTENT_TYPE);
        self
    }

    /// Sets the body to this value as JSON, with its `Content-Type`.
    pub fn json(self, body: impl Serialize) -> Self {
        self.bare().with(|request| request.json(body))
    }

    /// Sets the body to this text, with the `Content-Type` `text/plain`.
    pub fn text(self, body: impl Into<String>) -> Self {
        let body = body.into();
        self.body_of(body, "text/plain; charset=utf-8")
    }

    /// Sets the body to these bytes, with the `Content-Type` `application/octet-stream`. To send another type,
    /// set the header after the body.
    pub fn bytes(self, body: impl Into<Bytes>) -> Self {
        self.body_of(body, "application/octet-stream")
    }

    fn body_of(self, body: impl Into<Bytes>, content_type: &'static str) -> Self {
        let mut call = self.bare();
        let outgoing = call.request.outgoing_mut();
        outgoing.body = body.into();
        let content_type = HeaderValue::from_static(content_type);
        outgoing.headers.insert(CONTENT_TYPE, content_type);
        call
    }

    /// Sets the body to a stream, which is sent only once, with the `Content-Type`
    /// `application/octet-stream`. To send another type, set the header after the body.
    pub fn upload(self, body: Upload) -> Self {
        let mut call = self.bytes(Bytes::new());
        call.upload = Some(body);
        call
    }

    /// Sets the body to a form with files, with its `Content-Type`. An invalid part is an error when the call
    /// is sent.
    pub fn multipart(self, form: Multipart) -> Self {
        let mut call = self.bare();
        match form.into_body() {
            Ok((content_type, body)) => {
                let outgoing = call.request.outgoing_mut();
                outgoing.headers.insert(CONTENT_TYPE, content_type);
                match body {
                    FormBody::Bytes(bytes) => outgoing.body = bytes,
                    FormBody::Upload(upload) => call.upload = Some(upload),
                }
                call
            }
            Err(error) => call.with(|request| request.refuse(error)),
        }
    }

    /// Sets the HTTP method; the default is POST. Functions may be called with `GET`, `HEAD`, `POST`, `PUT`,
    /// `PATCH`, `DELETE` and `OPTIONS`. A call with GET or HEAD has no body, and is retried as a read.
    pub fn method(self, method: impl AsRef<str>) -> Self {
        self.with(|request| request.method(method.as_ref()))
    }

    /// Sets a header. `apikey`, `Authorization` and headers that frame the message are set by the client and
    /// are an error when the call is sent.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.with(|request| request.header(name, value))
    }

    /// Adds a query parameter. The name and the value are percent-encoded.
    pub fn query(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.with(|request| request.query(name, value))
    }

    /// Sets the region in which the function runs, such as `eu-west-3`; `any` is the default, the region
    /// nearest to the caller. It is sent as the header `x-region` and the parameter `forceFunctionRegion`. The
    /// last call of this method counts. See
    /// <https://supabase.com/docs/guides/functions/regional-invocation>.
    pub fn region(mut self, region: impl AsRef<str>) -> Self {
        self.region = Some(region.as_ref().to_owned());
        self
    }

    /// Sets how long the call may take in total, including retries; for a stream, up to the head of the
    /// answer. The default is [`request_timeout`](crate::ConfigBuilder::request_timeout) of the configuration.
    pub fn timeout(self, after: Duration) -> Self {
        self.with(|request| request.timeout(after))
    }

    /// Allows the call to be retried after it has been sent, as one with GET always is; see
    /// [`Request::repeatable`](crate::Request::repeatable). Use it if the function is idempotent.
    pub fn repeatable(self) -> Self {
        self.with(Request::repeatable)
    }

    pub(super) fn with(self, change: impl FnOnce(Request<M>) -> Request<M>) -> Self {
        Self {
            request: change(self.request),
            ..self
        }
    }
}

/// The path of a function, and what is below it.
fn target(function: &str) -> Result<String, ClientError> {
    let mut target = String::with_capacity(ROOT.len() + function.len());
    target.push_str(ROOT);
    for (place, part) in function.split('/').enumerate() {
        if place > 0 {
            target.push('/');
        }
        name::push_segment(&mut target, "function", part)?;
    }
    Ok(target)
}

fn read_error(response: &ErrorResponse<'_>) -> ServiceError {
    let error = FunctionError::new(response.status, response.headers, response.body);
    ServiceError {
        is_expired_token: error.is_expired_token(),
        is_transient: is_gateway_status(response.status),
        error: error.into(),
    }
}

impl<M: Mode> fmt::Debug for Invocation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("function", &self.function)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
