use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::document::effect;
use super::response::{self, Partial, read_error};
use crate::client::{Async, Core, Mode, answer};
use crate::error::{ClientError, Error};
use crate::rest::Request;
use crate::transport::{Response, Retry, TransportRequest};

/// A GraphQL operation; [`ScopedClient::graphql`](crate::ScopedClient::graphql) starts it. In async code,
/// awaiting it sends it, as [`execute`](Self::execute) does. It can be cloned to be sent again.
///
/// Errors of GraphQL are errors here, also where the HTTP status is 200:
///
/// ```no_run
/// use scoped_runtime::Error;
///
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let document = "query All { a: notes { id } b: secrets { id } }";
/// match alice.graphql(document, ()).await {
///     Ok(data) => println!("{data}"),
///     Err(Error::Graphql(error)) => println!("{} at {:?}", error.message(), error.errors()[0].path()),
///     Err(error) => return Err(error),
/// }
/// # Ok(()) }
/// ```
///
/// A client that is [read-only](crate::ScopedClientBuilder::read_only) refuses every document that contains
/// the word `mutation` or `subscription`, even in a comment or in a string: a document without these keywords
/// can only read. Such a document is also retried as a read.
#[must_use = "an operation does nothing until it is awaited or sent with `execute`"]
pub struct Operation<M: Mode = Async> {
    request: Request<M>,
    document: String,
    variables: Result<Arc<RawValue>, Arc<serde_json::Error>>,
    name: Option<String>,
}

/// The path of GraphQL below a project's URL. With a slash at the end, the gateway does not know it.
const PATH: &str = "graphql/v1";

/// The body of a request; see <https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_name: Option<&'a str>,
}

impl<M: Mode> Operation<M> {
    pub(super) fn new(core: &Arc<Core>, document: String, variables: &impl Serialize) -> Self {
        let mut outgoing = TransportRequest::new(Method::POST, PATH.to_owned());
        outgoing.read_error = read_error;
        Self {
            request: Request::of_service(core, Ok(outgoing)),
            document,
            variables: to_raw_value(variables).map(Arc::from).map_err(Arc::new),
            name: None,
        }
    }

    /// Names the operation to execute, for a document that has several.
    #[doc(alias = "operation_name")]
    pub fn operation(self, name: impl Into<String>) -> Self {
        let name = Some(name.into());
        Self { name, ..self }
    }

    /// Sets a header; see [`Request::header`](crate::Request::header).
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let request = self.request.header(name, value);
        Self { request, ..self }
    }

    /// Sets how long the operation may take in total, including retries. The default is
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout) of the configuration.
    pub fn timeout(self, after: Duration) -> Self {
        let request = self.request.timeout(after);
        Self { request, ..self }
    }

    /// Allows a mutation to be retried after it has been sent, as a query always is; see
    /// [`Request::repeatable`](crate::Request::repeatable). Use it if the mutation is idempotent.
    pub fn repeatable(self) -> Self {
        let request = self.request.repeatable();
        Self { request, ..self }
    }

    /// Sends the operation and returns its data as JSON.
    ///
    /// # Errors
    /// [`Error::Graphql`] when the response has errors, with or without data, or the server refused the
    /// request; [`Error::Client`] for variables that are not an object, a mutation by a read-only client, or
    /// when no response arrived; [`Error::Token`] when there is no live token.
    pub fn execute(self) -> M::Answer<Value> {
        self.fetch()
    }

    /// Sends the operation and reads its data as `T`.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute), and [`ClientError::Decode`] when the data does not fit `T`.
    pub fn fetch<T: DeserializeOwned + 'static>(self) -> M::Answer<T> {
        let core = Arc::clone(self.request.core());
        answer::<_, M>(&core, async { response::data(&self.send().await?) })
    }

    /// Sends the operation, and returns what could be resolved of its data together with the errors. `T` must
    /// accept `null` in the place of each field that may fail.
    ///
    /// # Errors
    /// The errors of [`fetch`](Self::fetch), except for errors in the response. They are an error only if the
    /// data that there is does not fit `T`.
    pub fn fetch_partial<T: DeserializeOwned + 'static>(self) -> M::Answer<Partial<T>> {
        let core = Arc::clone(self.request.core());
        answer::<_, M>(&core, async { response::partial(&self.send().await?) })
    }

    async fn send(self) -> Result<Response, Error> {
        let (core, outgoing) = self.into_outgoing()?;
        core.send(&outgoing).await
    }

    /// Checks the operation, and returns its request with the core that sends it.
    fn into_outgoing(self) -> Result<(Arc<Core>, TransportRequest), ClientError> {
        let variables = self
            .variables
            .map_err(|source| ClientError::Body { source })?;
        let is_none = variables.get() == "null";
        if !is_none && !variables.get().starts_with('{') {
            return Err(ClientError::InvalidQuery {
                what: "the variables are not an object".to_owned(),
                remedy: "pass a struct, a map, or `()` for none",
            });
        }
        let body = Body {
            query: &self.document,
            variables: (!is_none).then_some(&*variables),
            operation_name: self.name.as_deref(),
        };
        let mut request = self.request.json(&body);
        match effect(&self.document) {
            None => {
                let outgoing = request.outgoing_mut();
                outgoing.is_read = true;
                outgoing.retry = Retry::Always;
            }
            Some(keyword) => {
                let what = format!("a GraphQL document with the word `{keyword}`");
                request.core().check_method(&Method::POST, &what)?;
            }
        }
        request.into_outgoing()
    }
}

/// Sends the operation; see [`execute`](Operation::execute).
impl IntoFuture for Operation {
    type Output = Result<Value, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.execute()
    }
}

impl<M: Mode> Clone for Operation<M> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            document: self.document.clone(),
            variables: self.variables.clone(),
            name: self.name.clone(),
        }
    }
}

/// Shows neither document nor variables, whose values may be private.
impl<M: Mode> fmt::Debug for Operation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("name", &self.name)
            .field("document_bytes", &self.document.len())
            .finish_non_exhaustive()
    }
}
