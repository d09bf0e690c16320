//! A project with a recording server, and its callers.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};

use scoped_runtime::testing::{Recorded, Recorder};
use scoped_runtime::{
    AuditSink, MintRecord, ScopedClient, ScopedClients, VerifiedToken, VerifierOptions,
    scoped_claims,
};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{Issuer, KID, START, builder, claims, own_key, set};

#[scoped_claims]
pub(crate) struct Tenant {
    pub(crate) tenant_id: String,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(pub(crate) Arc<Mutex<Vec<String>>>);

impl AuditSink for Journal {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        self.0.lock().unwrap().push(record.subject.to_string());
        Ok(())
    }
}

/// A project whose callers have tokens of an issuer that it trusts.
pub(crate) struct World {
    pub(crate) server: Recorder,
    pub(crate) issuer: Issuer,
    pub(crate) clients: ScopedClients,
    pub(crate) clock: ManualClock,
    pub(crate) journal: Journal,
}

impl World {
    pub(crate) async fn new() -> Self {
        let server = Recorder::start().await.unwrap();
        let (issuer, clock) = (Issuer::new(KID), ManualClock::at(START));
        let journal = Journal::default();
        let config = builder(&clock)
            .url(server.url())
            .signing_key(own_key())
            .audit(journal.clone())
            .verifier_options(VerifierOptions::new().jwks(set(&[&issuer])));
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        Self {
            server,
            issuer,
            clients,
            clock,
            journal,
        }
    }

    pub(crate) fn token(&self, more: &Value) -> String {
        let mut all = claims(&json!({
            "iss": format!("{}/auth/v1", self.server.url()), "tenant_id": "acme" }));
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.issuer.token(&all)
    }

    pub(crate) async fn caller(&self, token: &str) -> VerifiedToken<Tenant> {
        self.clients.verifier().verify(token).await.unwrap()
    }

    /// A client that sends the token itself.
    pub(crate) async fn forwarded(&self, token: &str) -> ScopedClient<Tenant> {
        let caller = self.caller(token).await;
        caller.forward_token(&self.clients).unwrap()
    }

    pub(crate) fn bearers(&self) -> Vec<String> {
        let requests = self.server.requests();
        let bearer = |request: &Recorded| {
            let header = request.header("authorization").unwrap();
            header.strip_prefix("Bearer ").unwrap().to_owned()
        };
        requests.iter().map(bearer).collect()
    }

    pub(crate) fn mints(&self) -> usize {
        self.journal.0.lock().unwrap().len()
    }
}
