//! The Auth of a project, reduced to its key set.

use std::time::Duration;

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{CallerError, TokenVerifier};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{Issuer, START, builder, claims, set, verify};

pub(crate) const MINUTE: Duration = Duration::from_mins(1);

pub(crate) struct Auth {
    pub(crate) server: Recorder,
    pub(crate) clock: ManualClock,
    pub(crate) verifier: TokenVerifier,
}

impl Auth {
    pub(crate) async fn new() -> Self {
        let (server, clock) = (Recorder::start().await.unwrap(), ManualClock::at(START));
        let verifier = builder(&clock).url(server.url()).verifier().unwrap();
        Self {
            server,
            clock,
            verifier,
        }
    }

    pub(crate) fn answers(&self, answer: Answer) {
        self.server.take_requests();
        let keys = self.server.at("/auth/v1/.well-known/jwks.json");
        keys.method("GET").answer(answer);
    }

    pub(crate) fn lists(&self, keys: &[&Issuer]) {
        self.answers(Answer::new(200).body(set(keys)));
    }

    pub(crate) fn is_down(&self) {
        self.answers(Answer::new(503));
    }

    pub(crate) fn claims(&self) -> Value {
        let issuer = format!("{}/auth/v1", self.server.url());
        claims(&json!({ "iss": issuer, "exp": START + 86_400 }))
    }

    pub(crate) async fn takes(&self, issuer: &Issuer) -> Result<(), CallerError> {
        let token = issuer.token(&self.claims());
        verify(&self.verifier, &token).await.map(drop)
    }

    /// Returns the number of requests since the response was last set.
    pub(crate) fn asked(&self) -> usize {
        self.server.requests().len()
    }
}

pub(crate) fn max_age(keys: &[&Issuer], directives: &str) -> Answer {
    Answer::new(200)
        .body(set(keys))
        .header("cache-control", directives)
}
