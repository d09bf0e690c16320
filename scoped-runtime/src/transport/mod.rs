//! Sends requests: one HTTP client with one connection pool for every user of a project.
//!
//! Nothing leaves without a token: [`Transport::send`] takes one.

mod native;
mod outgoing;
mod response;

pub(crate) use native::Native;
pub(crate) use outgoing::Outgoing;
pub use response::Response;

use reqwest::header::{AUTHORIZATION, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method};
use secrecy::ExposeSecret;
use url::Url;

use crate::config::{Config, Pem};
use crate::error::{ApiError, ClientError, ConfigurationError, Error, Problem};
use crate::token::AccessToken;

const API_KEY: &str = "apikey";
/// Not a browser's name: the gateway refuses secret keys from those.
const USER_AGENT: &str = concat!("scoped-runtime/", env!("CARGO_PKG_VERSION"));

/// The way to one project.
pub(crate) struct Transport {
    http: Client,
    native: Native,
    base: Url,
    api_key: HeaderValue,
    request_timeout: std::time::Duration,
    connect_timeout: std::time::Duration,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigurationError> {
        let settings = &config.settings;
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            // A redirect would carry the API key to wherever it points.
            .redirect(Policy::none())
            // Nor may an environment variable send it through another host.
            .no_proxy()
            .referer(false)
            .timeout(settings.request_timeout)
            .connect_timeout(settings.connect_timeout);
        for Pem(pem) in &settings.root_certificates {
            let certificates = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if certificates.is_empty() {
                return Err(Problem::new(
                    "root_certificate",
                    "is not a PEM certificate",
                    "pass the text from `-----BEGIN CERTIFICATE-----` on",
                )
                .into());
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build().map_err(|error| {
            Problem::new(
                "root_certificate",
                format!(
                    "the TLS client could not be built ({})",
                    error.without_url()
                ),
                "install the system's CA certificates, or set `.root_certificate(..)`",
            )
        })?;
        let mut api_key = HeaderValue::from_str(config.api_key.expose_secret())
            .map_err(|_| Problem::new("api_key", "cannot be a header", "copy the key again"))?;
        api_key.set_sensitive(true);
        Ok(Self {
            http,
            native: Native::new(&config.url)?,
            base: config.url.clone(),
            api_key,
            request_timeout: settings.request_timeout,
            connect_timeout: settings.connect_timeout,
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
        self.receive(self.prepare(request, token)?).await
    }

    /// The keys that the project trusts: a public document, asked for without a token.
    pub(crate) async fn jwks(&self) -> Result<Response, Error> {
        let url = self
            .base
            .join("auth/v1/.well-known/jwks.json")
            .map_err(|_| unsendable("has no valid URL"))?;
        let mut request = reqwest::Request::new(Method::GET, url);
        request.headers_mut().insert(API_KEY, self.api_key.clone());
        self.receive(request).await
    }

    /// Sends, and reads the answer to its end.
    async fn receive(&self, request: reqwest::Request) -> Result<Response, Error> {
        let sent = self.http.execute(request).await;
        let mut answer = sent.map_err(|error| self.failure(error))?;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        if let Some(to) = headers.get(LOCATION).filter(|_| status.is_redirection()) {
            return Err(ClientError::Redirect {
                status: status.as_u16(),
                to: self.place(answer.url(), to.to_str().unwrap_or_default()),
            }
            .into());
        }
        let body = answer.bytes().await.map_err(|error| self.failure(error))?;
        // PostgREST answers 300 with an error body when a name is ambiguous.
        if !status.is_success() {
            return Err(ApiError::new(status.as_u16(), &body).into());
        }
        Ok(Response::new(status.as_u16(), headers, body))
    }

    /// Whether this URL is the project's: same scheme, host and port, below the same path.
    fn is_ours(&self, url: &Url) -> bool {
        url.scheme() == self.base.scheme()
            && url.host() == self.base.host()
            && url.port_or_known_default() == self.base.port_or_known_default()
            && url.path().starts_with(self.base.path())
    }

    /// What a failure of the HTTP client means, without the URL: it holds the filters' values.
    fn failure(&self, error: reqwest::Error) -> ClientError {
        if error.is_timeout() {
            let after = if error.is_connect() {
                self.connect_timeout.min(self.request_timeout)
            } else {
                self.request_timeout
            };
            return ClientError::Timeout { after };
        }
        ClientError::Transport {
            origin: self.base.origin().ascii_serialization(),
            source: Box::new(error.without_url()),
        }
    }

    /// Where a redirect points, without path and query: they are the server's to choose.
    fn place(&self, from: &Url, to: &str) -> String {
        match from.join(to) {
            Ok(to) if to.origin() == self.base.origin() => "another path".to_owned(),
            Ok(to) => to.origin().ascii_serialization(),
            Err(_) => "no valid URL".to_owned(),
        }
    }
}

fn unsendable(reason: &'static str) -> ClientError {
    ClientError::InvalidName {
        kind: "request",
        name: "url".to_owned(),
        reason,
        remedy: "build it with `from`, `rpc` or `request` of a scoped client",
    }
}
