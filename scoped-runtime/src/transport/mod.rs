//! Sends requests: one pool of connections for every user of a project.
//!
//! Nothing leaves without a token but the request for the project's public keys and the requests of an
//! anonymous client: [`As`] says who sends.

mod body;
mod connect;
mod connecting;
mod decode;
mod exchange;
mod failure;
mod gate;
mod http1;
mod http2;
mod jwks;
mod lease;
#[cfg(feature = "postgrest")]
mod native;
mod origin;
mod outgoing;
mod pool;
mod receive;
mod recover;
mod response;
mod retry;
mod send;
mod shard;
mod span;
mod stream;
mod sweep;
#[cfg(feature = "postgrest")]
mod take_over;
mod timer;
mod tls;
mod wire;

pub use body::Upload;
pub(crate) use gate::As;
pub(crate) use jwks::JwksEndpoint;
#[cfg(feature = "postgrest")]
pub(crate) use native::Native;
pub(crate) use outgoing::Outgoing;
pub use response::Response;
pub(crate) use retry::Retry;
pub use stream::StreamedResponse;

use std::sync::Arc;
use std::time::Duration;

use ::http::header::{ACCEPT, AUTHORIZATION, HOST, HeaderMap, USER_AGENT};
use ::http::{HeaderValue, Uri};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use self::connect::Connector;
use self::pool::Pool;
use self::retry::Budget;
use crate::config::{Config, Limits, Settings};
use crate::error::{ClientError, ConfigurationError, Problem};
use crate::token::AccessToken;

const API_KEY: &str = "apikey";

/// Not a browser's name: the gateway refuses secret keys from those.
const AGENT: &str = concat!("scoped-runtime/", env!("CARGO_PKG_VERSION"));

/// The way to one project: its connections, and what every request has.
pub(crate) struct Transport {
    connector: Arc<Connector>,
    pool: Pool,
    budget: Budget,
    /// The API key, the configuration's headers, the host as HTTP/1 wants it, and the places of what each
    /// request replaces: `Authorization`, and `Accept` where it asks for something else than JSON.
    headers: HeaderMap,
    request_timeout: Duration,
    body_idle_timeout: Duration,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigurationError> {
        Self::to(&config.url, Some(&config.api_key), &config.settings)
    }

    /// For those that ask a project for its keys only.
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
            budget: Budget::new(),
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

    /// The request as it is sent for the token's user, but for what a connection adds.
    pub(crate) fn prepare(
        &self,
        request: &Outgoing,
        token: &AccessToken,
    ) -> Result<::http::Request<Bytes>, ClientError> {
        let uri = self.connector.origin.url_of(&request.target)?;
        self.complete(request, uri, Some(token), request.body.clone())
    }

    fn complete<B>(
        &self,
        request: &Outgoing,
        uri: Uri,
        token: Option<&AccessToken>,
        body: B,
    ) -> Result<::http::Request<B>, ClientError> {
        let mut prepared = ::http::Request::new(body);
        *prepared.method_mut() = request.method.clone();
        *prepared.uri_mut() = uri;
        // A copy has no room to spare: what each request has is replaced in its place.
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
