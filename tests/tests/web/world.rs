//! A project with two services in front of it, and a client of both.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use scoped_runtime::testing::{self, Recorder};
use scoped_runtime::{Clock, Config, ScopedClients, VerifierOptions, scoped_claims};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{Issuer, KEY, KID, START, claims, own_key, set};
use crate::web::{actix_service, axum_service, serve};

#[scoped_claims]
pub(crate) struct Tenant {
    pub(crate) organisation: String,
}

/// A manual clock that counts how often the time is read. Each verification reads it once.
#[derive(Debug, Clone)]
struct CountingClock(ManualClock, Arc<AtomicUsize>);

impl Clock for CountingClock {
    fn now(&self) -> SystemTime {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}

pub(crate) struct World {
    pub(crate) database: Recorder,
    pub(crate) issuer: Issuer,
    asked_the_time: Arc<AtomicUsize>,
    /// The same service in each framework, with its name.
    services: [(&'static str, String); 2],
}

impl World {
    pub(crate) async fn new() -> Self {
        let issuer = Issuer::new(KID);
        let keys = set(&[&issuer]);
        Self::with(issuer, VerifierOptions::new().jwks(keys)).await
    }

    pub(crate) async fn with(issuer: Issuer, verification: VerifierOptions) -> Self {
        let database = Recorder::start().await.unwrap();
        let (clock, asked_the_time) = (ManualClock::at(START), Arc::default());
        let config = Config::builder()
            .environment(|_| None)
            .url(database.url())
            .api_key(KEY)
            .signing_key(own_key())
            .verifier_options(verification)
            .request_timeout(Duration::from_millis(500))
            .clock(CountingClock(clock, Arc::clone(&asked_the_time)));
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        let axum = serve::axum(axum_service::app(&clients)).await;
        let actix = serve::actix(move |config| actix_service::routes(config, &clients));
        let services = [("axum", axum), ("actix-web", actix)];
        Self {
            database,
            issuer,
            asked_the_time,
            services,
        }
    }

    /// Sets the response of the database to all requests from now on.
    pub(crate) fn database_answers(&self, answer: testing::Answer) {
        self.database.answer(answer);
    }

    /// Returns a token of Alice, replaced or extended by these claims.
    pub(crate) fn token(&self, more: &Value) -> String {
        let mut all = claims(&json!({ "iss": format!("{}/auth/v1", self.database.url()) }));
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.issuer.token(&all)
    }

    /// The address of each service, with the name of its framework.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.services
            .iter()
            .map(|(name, url)| (*name, url.as_str()))
    }

    /// Sends the request to both services and checks that their responses are equal.
    pub(crate) async fn ask(&self, path: &str, authorization: &[&str]) -> Answer {
        let headers: Vec<_> = authorization
            .iter()
            .map(|it| ("authorization", *it))
            .collect();
        self.send(path, &headers).await
    }

    /// As [`ask`](Self::ask), with these headers.
    pub(crate) async fn send(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut answers = Vec::new();
        for (framework, url) in &self.services {
            let mut request = reqwest::Client::new().get(format!("{url}{path}"));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            answers.push((framework, Answer::read(answer).await));
        }
        let (_, first) = answers.remove(0);
        for (framework, other) in answers {
            assert_eq!(other, first, "{framework}: {path}");
        }
        first
    }

    /// As [`ask`](Self::ask), with this token.
    pub(crate) async fn ask_with(&self, path: &str, token: &str) -> Answer {
        self.ask(path, &[&format!("Bearer {token}")]).await
    }

    /// Returns the average number of verifications of the two services for one request.
    pub(crate) async fn verifications(&self, path: &str, token: &str) -> usize {
        self.asked_the_time.store(0, Ordering::Relaxed);
        assert_eq!(self.ask_with(path, token).await.status, 200);
        self.asked_the_time.load(Ordering::Relaxed) / self.services.len()
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) retry_after: Option<String>,
    content_type: Option<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(answer: reqwest::Response) -> Self {
        let header = |name: &str| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let (status, content_type) = (answer.status().as_u16(), header("content-type"));
        let (challenge, retry_after) = (header("www-authenticate"), header("retry-after"));
        let text = answer.text().await.unwrap();
        Self {
            status,
            challenge,
            retry_after,
            content_type,
            // Errors of the frameworks themselves are plain text.
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.content_type.as_deref() == Some("application/json") && self.body.is_object()
    }

    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}
