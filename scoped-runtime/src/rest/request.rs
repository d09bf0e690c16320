use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use serde::Serialize;

use super::encode::push_pair;
use super::mistake::{BuildError, Mistake};
use super::{header, raw_request};
use crate::client::name::{self, invalid};
use crate::client::{AnonymousClient, Async, Core, Mode, ScopedClient};
use crate::error::{ClientError, Error};
use crate::transport::{Response, Retry, StreamedResponse, TransportRequest, Upload};

/// A request to any service of the project, sent as the client's user.
/// [`ScopedClient::request`](crate::ScopedClient::request) starts one. A request can be cloned to be sent
/// again.
///
/// ```no_run
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let request = alice.request("POST", "functions/v1/hello").json(serde_json::json!({ "name": "Ada" }));
/// let greeting: serde_json::Value = request.execute().await?.json()?;
/// # Ok(()) }
/// ```
///
/// Of Auth, only endpoints that read and have no other effect are allowed: with a minted token, `logout`
/// would end all sessions of the user, and `reauthenticate` would send the user a code. A request to a table
/// is refused where a [`Query`](crate::Query) would be, such as a delete without a filter.
#[must_use = "a request does nothing until it is sent with `execute`"]
pub struct Request<M: Mode = Async> {
    core: Arc<Core>,
    outgoing: TransportRequest,
    /// The first error of the request's methods.
    error: Option<BuildError>,
    mode: PhantomData<fn() -> M>,
}

impl<C, M: Mode> ScopedClient<C, M> {
    /// Starts a request to any service of the project. `path` is relative to the project's URL, such as
    /// `functions/v1/hello`. This method does not fail: an invalid method or path is an error when the request
    /// is sent.
    pub fn request(&self, method: impl AsRef<str>, path: impl AsRef<str>) -> Request<M> {
        Request::new(self.core(), method.as_ref(), path.as_ref())
    }
}

impl<M: Mode> AnonymousClient<M> {
    /// Starts a request to any service of the project, sent with the API key and no token; see
    /// [`ScopedClient::request`].
    pub fn request(&self, method: impl AsRef<str>, path: impl AsRef<str>) -> Request<M> {
        Request::new(self.core(), method.as_ref(), path.as_ref())
    }
}

impl<M: Mode> Request<M> {
    pub(crate) fn new(core: &Arc<Core>, method: &str, path: &str) -> Self {
        Self::of_service(core, outgoing(method, path))
    }

    /// A request whose path the methods of a service have built.
    pub(crate) fn of_service(
        core: &Arc<Core>,
        outgoing: Result<TransportRequest, ClientError>,
    ) -> Self {
        let (outgoing, error) = match outgoing {
            Ok(outgoing) => (outgoing, None),
            Err(error) => {
                let nothing = TransportRequest::new(Method::GET, String::new());
                (nothing, Some(BuildError::Name(Arc::new(error))))
            }
        };
        Self {
            core: Arc::clone(core),
            outgoing,
            error,
            mode: PhantomData,
        }
    }

    /// Adds a query parameter. The name and the value are percent-encoded.
    pub fn query(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let target = &mut self.outgoing.target;
        target.push(if target.contains('?') { '&' } else { '?' });
        push_pair(target, name.as_ref(), value.as_ref());
        target.pop();
        self
    }

    /// Sets a header. `apikey`, `Authorization` and headers that frame the message are set by the client and
    /// are an error when the request is sent.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let headers = &mut self.outgoing.headers;
        let outcome = header::set(headers, name.as_ref(), value.as_ref(), &[]);
        self.record(outcome.map_err(|error| BuildError::Name(Arc::new(error))))
    }

    /// Sets the body to this value as JSON, with its `Content-Type`.
    pub fn json(mut self, body: impl Serialize) -> Self {
        match serde_json::to_vec(&body) {
            Ok(json) => {
                self.outgoing.body = json.into();
                let json = HeaderValue::from_static("application/json");
                self.outgoing.headers.insert(CONTENT_TYPE, json);
                self
            }
            Err(error) => self.record(Err(BuildError::Body(Arc::new(error)))),
        }
    }

    /// Sets the body to these bytes. Set their `Content-Type` with [`header`](Self::header).
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.outgoing.body = body.into();
        self
    }

    /// Sets how long this request may take in total, including retries. The default is
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout) of the configuration.
    pub fn timeout(mut self, after: Duration) -> Self {
        self.outgoing.timeout = Some(after);
        self
    }

    /// Allows the request to be retried after it has been sent, as a `GET` always is: when the connection was
    /// lost, or the answer was 502, 503 or 504. Use it for idempotent requests (RFC 9110, section 9.2.2), such
    /// as the `PUT` of a file. It has no effect on an [`Upload`], which can be sent only once.
    pub fn repeatable(mut self) -> Self {
        self.outgoing.retry = Retry::Always;
        self
    }

    /// Checks the request, and returns it with the core that sends it.
    pub(crate) fn into_outgoing(self) -> Result<(Arc<Core>, TransportRequest), ClientError> {
        if let Some(error) = &self.error {
            return Err(error.into());
        }
        let mut outgoing = self.outgoing;
        self.core.check_reads(&outgoing)?;
        raw_request::check(&mut outgoing, self.core.settings().max_url_bytes)?;
        Ok((self.core, outgoing))
    }

    /// The part that sends the request.
    #[cfg(any(feature = "functions", feature = "graphql"))]
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn outgoing_mut(&mut self) -> &mut TransportRequest {
        &mut self.outgoing
    }

    #[cfg(feature = "functions")]
    pub(crate) fn method(mut self, method: &str) -> Self {
        let outcome = parse_method(method).map(|method| {
            self.outgoing.is_read = matches!(method, Method::GET | Method::HEAD);
            self.outgoing.method = method;
        });
        self.record(outcome.map_err(|error| BuildError::Name(Arc::new(error))))
    }

    /// The same request, which is not sent: the first mistake is reported instead.
    #[cfg(feature = "functions")]
    pub(crate) fn refuse(self, error: ClientError) -> Self {
        self.record(Err(BuildError::Name(Arc::new(error))))
    }

    fn record(mut self, outcome: Result<(), BuildError>) -> Self {
        if let Err(error) = outcome {
            self.error.get_or_insert(error);
        }
        self
    }
}

impl Request {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// The errors of [`Query::execute`](crate::Query::execute).
    pub async fn execute(self) -> Result<Response, Error> {
        let (core, outgoing) = self.into_outgoing()?;
        core.send(&outgoing).await
    }

    /// Sends the request and returns the answer when its head has arrived. Use it for bodies that should not
    /// be in memory as a whole.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute).
    pub async fn stream(self) -> Result<StreamedResponse, Error> {
        let (core, request) = self.into_outgoing()?;
        core.stream(&request, None).await
    }

    /// Sends the request with a streamed body, and returns the answer when its head has arrived. The stream
    /// replaces [`body`](Self::body) and is sent only once. Set its `Content-Type` with
    /// [`header`](Self::header).
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute), and [`ClientError::Upload`](crate::ClientError::Upload) when
    /// the body could not be read.
    pub async fn upload(self, body: Upload) -> Result<StreamedResponse, Error> {
        let (core, request) = self.into_outgoing()?;
        core.stream(&request, Some(body)).await
    }
}

/// The endpoints of Auth that a minted token may read. None of them has an effect.
const AUTH_READS: [&str; 5] = [
    "auth/v1/user",
    "auth/v1/settings",
    "auth/v1/health",
    "auth/v1/.well-known/jwks.json",
    "auth/v1/.well-known/openid-configuration",
];

fn parse_method(method: &str) -> Result<Method, ClientError> {
    Ok(match method.to_ascii_uppercase().as_str() {
        "GET" => Method::GET,
        "HEAD" => Method::HEAD,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        "OPTIONS" => Method::OPTIONS,
        _ => {
            let remedy = "use `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`";
            let reason = "cannot be sent as a user";
            return Err(invalid("method", method, reason, remedy));
        }
    })
}

fn outgoing(method: &str, path: &str) -> Result<TransportRequest, ClientError> {
    let refuse = |reason, remedy| Err(invalid("path", path, reason, remedy));
    let method = parse_method(method)?;
    if path.contains('?') {
        return refuse(
            "contains a query",
            "use `.query(name, value)` of the request",
        );
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    let service = path.split('/').next().unwrap_or_default();
    let is_read = matches!(method, Method::GET | Method::HEAD);
    if service.eq_ignore_ascii_case("auth") && !(is_read && AUTH_READS.contains(&path)) {
        return refuse(
            "is not an Auth endpoint that a minted token may read: it could end or change the user's sessions",
            "use the Auth admin API with a secret key",
        );
    }
    let mut target = String::with_capacity(path.len() + 64);
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        // A path may end with a slash, as `rest/v1/` does.
        let is_last = segments.peek().is_none();
        if !segment.is_empty() || !is_last || target.is_empty() {
            name::push_segment(&mut target, "path", segment)?;
        }
        if !is_last {
            target.push('/');
        }
    }
    Ok(TransportRequest::new(method, target))
}

impl<M: Mode> Clone for Request<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            outgoing: self.outgoing.clone(),
            error: self.error.clone(),
            mode: PhantomData,
        }
    }
}

impl<M: Mode> fmt::Debug for Request<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("user_id", &self.core.user_id())
            .finish_non_exhaustive()
    }
}

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        ClientError::from(mistake).into()
    }
}
