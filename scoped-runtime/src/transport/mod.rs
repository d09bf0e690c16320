//! Sends requests: one HTTP client with one connection pool for every user of a project.
//!
//! Nothing leaves without a token: [`Transport::send`] takes one.

mod decode;
mod http;
mod jwks;
#[cfg(feature = "postgrest")]
mod native;
mod outgoing;
mod response;
#[cfg(feature = "postgrest")]
mod take_over;

pub(crate) use jwks::JwksEndpoint;
#[cfg(feature = "postgrest")]
pub(crate) use native::Native;
pub(crate) use outgoing::Outgoing;
pub use response::Response;

use ::http::HeaderValue;
use ::http::header::AUTHORIZATION;
use bytes::Bytes;
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
    #[cfg(feature = "postgrest")]
    native: Native,
    base: Url,
    api_key: HeaderValue,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigurationError> {
        Ok(Self {
            http: Http::new(&config.url, &config.settings)?,
            #[cfg(feature = "postgrest")]
            native: Native::new(&config.url)?,
            base: config.url.clone(),
            api_key: key_header(&config.api_key)?,
        })
    }

    /// Where `postgrest` builders come from.
    #[cfg(feature = "postgrest")]
    pub(crate) fn native(&self) -> &Native {
        &self.native
    }

    #[cfg(feature = "postgrest")]
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
    ) -> Result<::http::Request<Bytes>, ClientError> {
        let mut bearer = HeaderValue::from_str(token.bearer())
            .map_err(|_| unsendable("has a token that is no header value"))?;
        bearer.set_sensitive(true);
        let base = self.base.as_str();
        let mut url = String::with_capacity(base.len() + request.target.len());
        url.push_str(base);
        url.push_str(&request.target);

        let mut prepared = ::http::Request::new(request.body.clone());
        *prepared.method_mut() = request.method.clone();
        *prepared.uri_mut() = url.try_into().map_err(|_| unsendable("has no valid URL"))?;
        let headers = prepared.headers_mut();
        headers.clone_from(&request.headers);
        // Set last, so that they replace whatever the request brings.
        headers.insert(API_KEY, self.api_key.clone());
        headers.insert(AUTHORIZATION, bearer);
        Ok(prepared)
    }

    /// Sends a request as the token's user.
    pub(crate) async fn send(
        &self,
        request: &Outgoing,
        token: &AccessToken,
    ) -> Result<Response, Error> {
        let mut prepared: reqwest::Request = self
            .prepare(request, token)?
            .try_into()
            .map_err(|_| unsendable("has no valid URL"))?;
        *prepared.timeout_mut() = request.timeout;
        Ok(self.http.receive(prepared).await?.to(&request.target))
    }

    /// Where the project lists its keys, over the same connections.
    pub(crate) fn jwks(&self) -> JwksEndpoint {
        JwksEndpoint::new(self.http.clone(), Some(self.api_key.clone()))
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
