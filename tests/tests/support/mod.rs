//! A project with a recording server.

use scoped_runtime::{Config, ConfigBuilder, ConfigurationError, Error, ScopedClients};
use scoped_tests::ManualClock;
use serde_json::{Map, Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const SECRET: &str = "a-jwt-secret-that-is-long-enough-for-hs256";
pub(crate) const KEY: &str = "sb_publishable_abcdefghijklmnopqrstuv_abcdefgh";
pub(crate) const BOB: &str = "00000000-0000-4000-8000-00000000000b";
pub(crate) const ALICE: &str = "00000000-0000-4000-8000-00000000000a";

/// 2026-11-23 in seconds since 1970.
pub(crate) const START: u64 = 1_795_392_000;

/// A configuration for this URL that reads no environment variable.
pub(crate) fn config(url: &str) -> ConfigBuilder {
    Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key(KEY)
        .jwt_secret(SECRET)
}

/// A project to which no request is sent, and its clock.
pub(crate) fn offline() -> (ScopedClients, ManualClock) {
    let clock = ManualClock::at(START);
    let config = config("https://project.test")
        .clock(clock.clone())
        .build()
        .unwrap();
    (ScopedClients::new(config).unwrap(), clock)
}

/// A server that gives every request this response and records the requests.
pub(crate) async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// A server that answers `200 []`, its project, and the clock of the project.
pub(crate) async fn project() -> (MockServer, ScopedClients, ManualClock) {
    let server = server(ResponseTemplate::new(200).set_body_json(json!([]))).await;
    let clock = ManualClock::at(START);
    let config = config(&server.uri()).clock(clock.clone()).build().unwrap();
    (server, ScopedClients::new(config).unwrap(), clock)
}

/// Returns all requests so far.
pub(crate) async fn arrived(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

/// Returns the only request.
pub(crate) async fn only(server: &MockServer) -> Request {
    let mut requests = arrived(server).await;
    assert_eq!(requests.len(), 1, "one request");
    requests.remove(0)
}

/// Returns the value of a header, or an empty text.
pub(crate) fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Returns the token of a request.
pub(crate) fn bearer(request: &Request) -> &str {
    header(request, "authorization")
        .strip_prefix("Bearer ")
        .expect("a bearer token")
}

/// Verifies the signature with another library and returns the claims.
pub(crate) fn verified(token: &str) -> Map<String, Value> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&["authenticated"]);
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(SECRET.as_bytes()).expect("a secret");
    decode(token, &key, &rules)
        .expect("a valid signature")
        .claims
}

/// The fields of the problems of a configuration error.
pub(crate) fn fields(error: Error) -> Vec<String> {
    let Error::Configuration(error) = error else {
        panic!("{error}");
    };
    let fields = ConfigurationError::problems(&error).iter();
    fields.map(|problem| problem.field().to_owned()).collect()
}
