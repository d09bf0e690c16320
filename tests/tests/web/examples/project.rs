//! A project on the local server with the two example services in front of it.

use std::time::SystemTime;

use reqwest::{Client, Method};
use scoped_runtime::{Clock, Config, ConfigBuilder, ScopedClients, VerifierOptions};
use scoped_tests::{Gateway, ManualClock};
use serde_json::{Value, json};

use crate::verify::support::{Issuer, KEY, KID, SECRET, claims, set};
use crate::web::serve;
use crate::web::world::Answer;
use scoped_examples::notes::{Auth, Journal};
use scoped_examples::{actix_notes, axum_notes};

pub(crate) struct Project {
    /// The URL of the database and of Auth.
    url: String,
    gateway: Option<Gateway>,
    /// The issuer that signs sessions. The project trusts its key.
    pub(crate) issuer: Issuer,
    pub(crate) clock: ManualClock,
    pub(crate) journal: Journal,
    pub(crate) services: [Service; 2],
}

impl Project {
    /// Starts a project on a gateway of its own, which publishes the key of the issuer.
    pub(crate) async fn new() -> Self {
        let server = scoped_tests::shared().await.unwrap();
        let gateway = server.gateway().await.unwrap();
        let issuer = Issuer::new(KID);
        gateway.trust(&[issuer.jwk()]).await.unwrap();
        let config = gateway.config_builder().jwt_secret(gateway.jwt_secret());
        Self::start(config, issuer, Some(gateway)).await
    }

    /// Starts a project whose database is at this URL. Its keys are in the configuration.
    pub(crate) async fn at(url: &str) -> Self {
        let issuer = Issuer::new(KID);
        let keys = VerifierOptions::new().jwks(set(&[&issuer]));
        Self::start(config(url).verifier_options(keys), issuer, None).await
    }

    pub(crate) async fn start(
        config: ConfigBuilder,
        issuer: Issuer,
        gateway: Option<Gateway>,
    ) -> Self {
        let (clock, journal) = (ManualClock::real(), Journal::default());
        let config = config.clock(clock.clone()).audit(journal.clone());
        let config = config.build().unwrap();
        let url = config.url().to_owned();
        let api_key = gateway.as_ref().map_or(KEY, Gateway::api_key).to_owned();
        let auth = Auth::new(config.issuer(), api_key).unwrap();
        let clients = ScopedClients::new(config).unwrap();
        let axum = serve::axum(axum_notes::app(clients.clone(), auth.clone())).await;
        let actix = serve::actix(move |config| actix_notes::app(config, &clients, &auth));
        let services = [("axum", axum), ("actix-web", actix)].map(|(name, url)| Service {
            name,
            url,
            http: Client::new(),
        });
        Self {
            url,
            gateway,
            issuer,
            clock,
            journal,
            services,
        }
    }

    pub(crate) async fn trust(&self, keys: &[Value]) {
        self.gateway.as_ref().unwrap().trust(keys).await.unwrap();
    }

    /// Returns the claims that Auth writes for this user, replaced or extended by these claims.
    pub(crate) fn claims(&self, user: &str, more: &Value) -> Value {
        let now = self.clock.now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap().as_secs();
        let mut all = claims(&json!({
            "sub": user, "iat": now - 5, "exp": now + 3600,
            "iss": format!("{}/auth/v1", self.url),
        }));
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    }

    /// Returns a session token.
    pub(crate) fn token(&self, user: &str, more: &Value) -> String {
        self.issuer.token(&self.claims(user, more))
    }
}

/// A configuration of a project that mints with its own secret.
pub(crate) fn config(url: &str) -> ConfigBuilder {
    let config = Config::builder().environment(|_| None).url(url);
    config.api_key(KEY).jwt_secret(SECRET)
}

/// The example service in one of the frameworks.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    url: String,
    http: Client,
}

impl Service {
    /// Sends a request; an empty token is not sent.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            let body = body.to_string();
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, token, &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, token, body).await
    }
}

/// An address on which nothing listens.
pub(crate) fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A user ID that no other test uses.
pub(crate) fn new_user() -> String {
    scoped_tests::new_user().to_string()
}
