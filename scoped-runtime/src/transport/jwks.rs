use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use url::Url;

use super::http::Http;
use super::{API_KEY, Response, key_header, unsendable};
use crate::config::Settings;
use crate::error::{ConfigurationError, Error};

/// Where a project lists the keys that it trusts: a public document, asked for without a token.
pub(crate) struct JwksEndpoint {
    http: Http,
    /// Some gateways want one for everything.
    api_key: Option<HeaderValue>,
}

/// No request waits longer for it, since requests of users wait for it.
const TIMEOUT: Duration = Duration::from_secs(5);

impl JwksEndpoint {
    pub(super) fn new(http: Http, api_key: Option<HeaderValue>) -> Self {
        let http = http.within(TIMEOUT);
        Self { http, api_key }
    }

    /// For those that ask a project for nothing else.
    pub(crate) fn alone(
        base: &Url,
        api_key: Option<&SecretString>,
        settings: &Settings,
    ) -> Result<Self, ConfigurationError> {
        let api_key = api_key.map(key_header).transpose()?;
        Ok(Self::new(Http::new(base, settings)?, api_key))
    }

    pub(crate) async fn fetch(&self) -> Result<Response, Error> {
        let base = self.http.base();
        let url = base
            .join("auth/v1/.well-known/jwks.json")
            .map_err(|_| unsendable("has no valid URL"))?;
        let mut request = reqwest::Request::new(Method::GET, url);
        *request.timeout_mut() = Some(self.http.request_timeout());
        if let Some(api_key) = &self.api_key {
            request.headers_mut().insert(API_KEY, api_key.clone());
        }
        self.http.receive(request).await
    }
}
