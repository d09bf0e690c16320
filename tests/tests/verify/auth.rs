//! The Auth of a project, reduced to its key set.

use std::time::Duration;

use scoped_runtime::{CallerError, TokenVerifier};
use scoped_tests::ManualClock;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::verify::support::{Issuer, START, builder, claims, set, verify};

pub(crate) const MINUTE: Duration = Duration::from_mins(1);

pub(crate) struct Auth {
    pub(crate) server: MockServer,
    pub(crate) clock: ManualClock,
    pub(crate) verifier: TokenVerifier,
}

impl Auth {
    pub(crate) async fn new() -> Self {
        let (server, clock) = (MockServer::start().await, ManualClock::at(START));
        let verifier = builder(&clock).url(server.uri()).verifier().unwrap();
        Self {
            server,
            clock,
            verifier,
        }
    }

    pub(crate) async fn answers(&self, answer: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(method("GET"))
            .and(path("/auth/v1/.well-known/jwks.json"))
            .respond_with(answer)
            .mount(&self.server)
            .await;
    }

    pub(crate) async fn lists(&self, keys: &[&Issuer]) {
        self.answers(ResponseTemplate::new(200).set_body_string(set(keys)))
            .await;
    }

    pub(crate) async fn is_down(&self) {
        self.answers(ResponseTemplate::new(503)).await;
    }

    pub(crate) fn claims(&self) -> Value {
        let issuer = format!("{}/auth/v1", self.server.uri());
        claims(&json!({ "iss": issuer, "exp": START + 86_400 }))
    }

    pub(crate) async fn takes(&self, issuer: &Issuer) -> Result<(), CallerError> {
        let token = issuer.token(&self.claims());
        verify(&self.verifier, &token).await.map(drop)
    }

    /// Returns the number of requests since the response was last set.
    pub(crate) async fn asked(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }
}

pub(crate) fn max_age(keys: &[&Issuer], directives: &str) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_string(set(keys))
        .insert_header("cache-control", directives)
}
