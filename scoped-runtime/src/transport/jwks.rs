use std::sync::Arc;
use std::time::Duration;

use http::Method;
use url::Url;

use super::{As, Outgoing, Response, Retry, Transport};
use crate::config::Settings;
use crate::error::{ConfigurationError, Error};

/// Where keys are listed that a project trusts: a public document, asked for without a token.
#[derive(Clone)]
pub(crate) struct JwksEndpoint {
    transport: Arc<Transport>,
    /// Path and query below the transport's URL.
    target: String,
}

/// No request waits longer for it, since requests of users wait for it.
const TIMEOUT: Duration = Duration::from_secs(5);

impl JwksEndpoint {
    /// The project's own.
    pub(crate) fn new(transport: Arc<Transport>) -> Self {
        Self {
            transport,
            target: "auth/v1/.well-known/jwks.json".to_owned(),
        }
    }

    /// Another issuer's, who is told nothing of the project: neither its API key nor its headers.
    pub(crate) fn of_others(url: &Url, settings: &Settings) -> Result<Self, ConfigurationError> {
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
        let mut request = Outgoing::new(Method::GET, self.target.clone());
        request.timeout = Some(self.transport.request_timeout.min(TIMEOUT));
        request.retry = Retry::Never;
        request.max_answer = Some(self.transport.limits().key_set_bytes);
        self.transport.send(&request, As::Public).await
    }

    /// How many keys a set may have.
    pub(crate) fn max_keys(&self) -> usize {
        self.transport.limits().key_set_keys
    }
}
