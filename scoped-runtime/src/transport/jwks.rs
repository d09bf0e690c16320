use std::sync::Arc;
use std::time::Duration;

use http::Method;
use url::Url;

use super::{Response, Retry, SendAs, Transport, TransportRequest};
use crate::config::Settings;
use crate::error::{ConfigurationError, Error};

/// The address of a JWK set (RFC 7517, section 5) with public keys, which is fetched without a token.
#[derive(Clone)]
pub(crate) struct JwksEndpoint {
    transport: Arc<Transport>,
    /// The path and query relative to the transport's URL.
    target: String,
}

/// The maximum time of one fetch: requests of callers wait for it.
const TIMEOUT: Duration = Duration::from_secs(5);

impl JwksEndpoint {
    /// The endpoint of the project's own Auth.
    pub(crate) fn new(transport: Arc<Transport>) -> Self {
        Self {
            transport,
            target: "auth/v1/.well-known/jwks.json".to_owned(),
        }
    }

    /// The endpoint of a third-party issuer. Neither the API key nor the default headers of the project are sent to
    /// it.
    pub(crate) fn third_party(url: &Url, settings: &Settings) -> Result<Self, ConfigurationError> {
        let mut settings = settings.clone();
        settings.connections.headers.clear();
        let mut base = url.clone();
        base.set_path("/");
        base.set_query(None);
        let path = url.path().trim_start_matches('/');
        let query = url.query().map(|query| format!("?{query}"));
        Ok(Self {
            transport: Arc::new(Transport::to(&base, None, &settings)?),
            target: format!("{path}{}", query.unwrap_or_default()),
        })
    }

    pub(crate) async fn fetch(&self) -> Result<Response, Error> {
        let mut request = TransportRequest::new(Method::GET, self.target.clone());
        request.timeout = Some(self.transport.request_timeout.min(TIMEOUT));
        request.retry = Retry::Never;
        request.max_response_bytes = Some(self.transport.limits().key_set_bytes);
        self.transport.send(&request, SendAs::WithoutToken).await
    }

    /// The maximum number of keys in a set.
    pub(crate) fn max_keys(&self) -> usize {
        self.transport.limits().key_set_keys
    }
}
