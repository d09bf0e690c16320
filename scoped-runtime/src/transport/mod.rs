//! Sends requests over a connection pool that all users of a project share.
//!
//! Every request carries a user's token, except the requests for public keys and those of an anonymous client: see
//! [`SendAs`].

mod cancellation;
mod connect;
mod connect_task;
mod decode;
mod error_reader;
mod exchange;
mod http1;
mod http2;
mod jwks;
mod origin;
mod pool;
mod pooled_connection;
#[cfg(feature = "postgrest")]
mod postgrest_bridge;
#[cfg(feature = "postgrest")]
mod postgrest_request;
mod recover;
mod request_body;
mod response;
mod response_body;
mod retry;
mod runtime_pool;
mod send;
mod send_error;
mod socket;
mod span;
mod streamed_response;
mod timer;
mod tls;
mod transport_request;
#[cfg(feature = "realtime")]
mod upgrade;
mod write_check;

#[cfg(feature = "realtime")]
pub(crate) use decode::decode;
pub(crate) use error_reader::{ErrorResponse, ServiceError, is_gateway_status};
pub(crate) use jwks::JwksEndpoint;
#[cfg(feature = "postgrest")]
pub(crate) use postgrest_bridge::PostgrestBridge;
pub use request_body::Upload;
#[cfg(feature = "storage")]
pub(crate) use request_body::UploadParts;
pub use response::Response;
pub(crate) use retry::Retry;
pub use streamed_response::StreamedResponse;
pub(crate) use transport_request::TransportRequest;
#[cfg(feature = "realtime")]
pub(crate) use upgrade::{UpgradeError, WebSocketIo};
pub(crate) use write_check::SendAs;

use std::sync::Arc;
use std::time::Duration;

use ::http::header::{ACCEPT, AUTHORIZATION, HOST, HeaderMap, USER_AGENT};
use ::http::{HeaderValue, Uri};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use self::connect::Connector;
use self::pool::Pool;
use self::retry::RetryBudget;
use crate::config::{Config, Limits, Settings};
use crate::error::{ClientError, ConfigurationError, Problem};
use crate::token::AccessToken;

const API_KEY: &str = "apikey";

/// The default `User-Agent`. The gateway refuses secret API keys from browsers, which it knows by this header.
const AGENT: &str = concat!("scoped-runtime/", env!("CARGO_PKG_VERSION"));

/// Sends requests to one project: its connection pool, and the headers and timeouts of all requests.
pub(crate) struct Transport {
    connector: Arc<Connector>,
    pool: Pool,
    retry_budget: RetryBudget,
    /// The headers of every request: the API key, the configured default headers, `Host` for HTTP/1, and
    /// placeholders for `Authorization` and `Accept`, which a request replaces.
    headers: HeaderMap,
    request_timeout: Duration,
    body_idle_timeout: Duration,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigurationError> {
        Self::to(&config.url, Some(&config.api_key), &config.settings)
    }

    /// A transport without an API key, for requests for public keys.
    pub(crate) fn to(
        base: &Url,
        api_key: Option<&SecretString>,
        settings: &Settings,
    ) -> Result<Self, ConfigurationError> {
        let connector = Arc::new(Connector::new(base, settings)?);
        let mut headers = settings.connections.headers.clone();
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(AGENT));
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("application/json"));
        headers.insert(HOST, connector.origin.host_header.clone());
        headers.insert(AUTHORIZATION, HeaderValue::from_static(""));
        if let Some(key) = api_key {
            headers.insert(API_KEY, key_header(key)?);
        }
        Ok(Self {
            pool: Pool::new(Arc::clone(&connector)),
            connector,
            retry_budget: RetryBudget::new(),
            headers,
            request_timeout: settings.request_timeout,
            body_idle_timeout: settings.body_idle_timeout,
        })
    }

    /// Scheme, host and port of the server.
    pub(crate) fn origin(&self) -> String {
        self.connector.origin.name()
    }

    /// The value of the `apikey` header.
    #[cfg(feature = "postgrest")]
    pub(crate) fn api_key(&self) -> &[u8] {
        let api_key = self.headers.get(API_KEY).map(HeaderValue::as_bytes);
        api_key.unwrap_or_default()
    }

    /// The complete request with the token, except what depends on the connection.
    pub(crate) fn prepare(
        &self,
        request: &TransportRequest,
        token: &AccessToken,
    ) -> Result<::http::Request<Bytes>, ClientError> {
        let uri = self.connector.origin.url_of(&request.target)?;
        self.complete(request, uri, Some(token), request.body.clone())
    }

    fn complete<B>(
        &self,
        request: &TransportRequest,
        uri: Uri,
        token: Option<&AccessToken>,
        body: B,
    ) -> Result<::http::Request<B>, ClientError> {
        let mut prepared = ::http::Request::new(body);
        *prepared.method_mut() = request.method.clone();
        *prepared.uri_mut() = uri;
        // The clone has no spare capacity, so headers are replaced where they are.
        let headers = prepared.headers_mut();
        headers.clone_from(&self.headers);
        let mut before = None;
        for (name, value) in &request.headers {
            if name.as_str() == API_KEY {
                continue;
            }
            if before == Some(name) {
                headers.append(name, value.clone());
            } else {
                headers.insert(name, value.clone());
            }
            before = Some(name);
        }
        match token {
            Some(token) => headers.insert(AUTHORIZATION, token.header()?),
            None => headers.remove(AUTHORIZATION),
        };
        Ok(prepared)
    }

    fn limits(&self) -> &Limits {
        &self.connector.limits
    }
}

/// The value of the `apikey` header.
fn key_header(key: &SecretString) -> Result<HeaderValue, ConfigurationError> {
    let mut header = HeaderValue::from_str(key.expose_secret())
        .map_err(|_| Problem::new("api_key", "cannot be a header", "copy the key again"))?;
    header.set_sensitive(true);
    Ok(header)
}

fn unsendable(reason: &'static str) -> ClientError {
    ClientError::InvalidName {
        kind: "request",
        name: "url".to_owned(),
        reason,
        remedy: "build it with `from`, `rpc` or `request` of a scoped client",
    }
}
