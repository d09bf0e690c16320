use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::{As, Outgoing, Response, Retry, Transport};
use crate::error::Error;

/// Where a project lists the keys that it trusts: a public document, asked for without a token.
#[derive(Clone)]
pub(crate) struct JwksEndpoint(Arc<Transport>);

/// No request waits longer for it, since requests of users wait for it.
const TIMEOUT: Duration = Duration::from_secs(5);

impl JwksEndpoint {
    pub(crate) fn new(transport: Arc<Transport>) -> Self {
        Self(transport)
    }

    pub(crate) async fn fetch(&self) -> Result<Response, Error> {
        let target = "auth/v1/.well-known/jwks.json".to_owned();
        let mut request = Outgoing::new(Method::GET, target);
        request.timeout = Some(self.0.request_timeout.min(TIMEOUT));
        request.retry = Retry::Never;
        request.max_answer = Some(self.0.limits().key_set_bytes);
        self.0.send(&request, As::Public).await
    }

    /// How many keys a set may have.
    pub(crate) fn max_keys(&self) -> usize {
        self.0.limits().key_set_keys
    }
}
