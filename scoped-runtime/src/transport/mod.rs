//! Sends requests: one HTTP client with one connection pool for every user of a project.
//!
//! Nothing leaves without a token: [`Transport::send`] takes one.

mod http;
mod jwks;
mod native;
mod outgoing;
mod response;

pub(crate) use jwks::JwksEndpoint;
pub(crate) use native::Native;
pub(crate) use outgoing::Outgoing;
pub use response::Response;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use self::http::Http;
use crate::config::Config;
use crate::error::{ClientError, ConfigurationError, Error, Problem};
use crate::token::AccessToken;

const API_KEY: &str = "apikey";

/// The way to one project.
pub(crate) struct Transport {
    http: Http,
    native: Native,
    base: Url,
    api_key: HeaderValue,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigurationError> {
        Ok(Self {
            http: Http::new(&config.url, &config.settings)?,
            native: Native::new(&config.url)?,
            base: config.url.clone(),
            api_key: key_header(&config.api_key)?,
        })
    }

    /// The project's URL, with a slash at its end.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// Where `postgrest` builders come from.
    pub(crate) fn native(&self) -> &Native {
        &self.native
    }

    /// The request as a native builder that carries the API key and this token.
    pub(crate) fn restore(
        &self,
        request: &Outgoing,
        token: &AccessToken,
    ) -> Result<postgrest::Builder, ClientError> {
        self.native.restore(request, self.api_key.as_bytes(), token)
    }

    /// The request as it is sent for the token's user.
    pub(crate) fn prepare(
        &self,
        request: &Outgoing,
        token: &AccessToken,
    ) -> Result<reqwest::Request, ClientError> {
        if !self.is_ours(&request.url) {
            return Err(unsendable("goes to another server than the project's"));
        }
        let mut bearer = HeaderValue::from_str(token.bearer())
            .map_err(|_| unsendable("has a token that is no header value"))?;
        bearer.set_sensitive(true);
        // Set last, so that they replace whatever the request brings.
        let mut headers = request.headers.clone();
        headers.insert(API_KEY, self.api_key.clone());
        headers.insert(AUTHORIZATION, bearer);

        let mut prepared = reqwest::Request::new(request.method.clone(), request.url.clone());
        *prepared.headers_mut() = headers;
        *prepared.body_mut() = Some(request.body.clone().into());
        Ok(prepared)
    }

    /// Sends a request as the token's user.
    pub(crate) async fn send(
        &self,
        request: &Outgoing,
        token: &AccessToken,
    ) -> Result<Response, Error> {
        self.http.receive(self.prepare(request, token)?).await
    }

    /// Where the project lists its keys, over the same connections.
    pub(crate) fn jwks(&self) -> JwksEndpoint {
        JwksEndpoint::new(self.http.clone(), Some(self.api_key.clone()))
    }

    /// Whether this URL is the project's: same scheme, host and port, below the same path.
    fn is_ours(&self, url: &Url) -> bool {
        url.scheme() == self.base.scheme()
            && url.host() == self.base.host()
            && url.port_or_known_default() == self.base.port_or_known_default()
            && url.path().starts_with(self.base.path())
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
