use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::Url;

use super::Response;
use crate::config::{Pem, Settings};
use crate::error::{ApiError, ClientError, ConfigurationError, Error, Problem};

/// Not a browser's name: the gateway refuses secret keys from those.
const USER_AGENT: &str = concat!("scoped-runtime/", env!("CARGO_PKG_VERSION"));

/// The HTTP client, with what its failures mean for a project. Clones share the connections.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client,
    base: Url,
    request_timeout: Duration,
    connect_timeout: Duration,
}

impl Http {
    pub(super) fn new(base: &Url, settings: &Settings) -> Result<Self, ConfigurationError> {
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
        let client = builder.build().map_err(|error| {
            Problem::new(
                "root_certificate",
                format!(
                    "the TLS client could not be built ({})",
                    error.without_url()
                ),
                "install the system's CA certificates, or set `.root_certificate(..)`",
            )
        })?;
        Ok(Self {
            client,
            base: base.clone(),
            request_timeout: settings.request_timeout,
            connect_timeout: settings.connect_timeout,
        })
    }

    /// The project's URL, with a slash at its end.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// For requests that may take no longer than this; they have to say so themselves.
    pub(super) fn within(self, limit: Duration) -> Self {
        let request_timeout = self.request_timeout.min(limit);
        Self {
            request_timeout,
            ..self
        }
    }

    /// How long a request may take in all.
    pub(super) fn request_timeout(&self) -> Duration {
        self.request_timeout
    }

    /// Sends, and reads the answer to its end.
    pub(super) async fn receive(&self, request: reqwest::Request) -> Result<Response, Error> {
        let sent = self.client.execute(request).await;
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
            return Err(ApiError::new(status.as_u16(), &headers, &body).into());
        }
        Ok(Response::new(status.as_u16(), headers, body))
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
