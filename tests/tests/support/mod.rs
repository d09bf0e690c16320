//! A project with a recording server.

use scoped_runtime::testing::{Answer, Recorded, Recorder};
use scoped_runtime::{Clock, ConfigurationError, Error, ScopedClients};
use scoped_tests::ManualClock;
pub(crate) use scoped_tests::{ALICE, BOB, KEY, SECRET, START, config};
use serde_json::{Map, Value, json};

/// A project to which no request is sent, and its clock.
pub(crate) fn offline() -> (ScopedClients, ManualClock) {
    let clock = ManualClock::at(START);
    let config = config("https://project.test")
        .clock(clock.clone())
        .build()
        .unwrap();
    (ScopedClients::new(config).unwrap(), clock)
}

/// A server that gives every request this response and records the requests. It has a thread of its own, so that
/// it answers while a test blocks its runtime.
#[allow(clippy::unused_async, reason = "most tests of this binary are async")]
pub(crate) async fn server(answer: impl Into<Answer>) -> Recorder {
    let server = Recorder::start_blocking().unwrap();
    server.answer(answer);
    server
}

/// A server that answers `200 []`, its project, and the clock of the project.
pub(crate) async fn project() -> (Recorder, ScopedClients, ManualClock) {
    let server = server(json!([])).await;
    let clock = ManualClock::at(START);
    let config = config(&server.url()).clock(clock.clone()).build().unwrap();
    (server, ScopedClients::new(config).unwrap(), clock)
}

/// Returns the token of a request.
pub(crate) fn bearer(request: &Recorded) -> &str {
    let header = request.header("authorization").unwrap();
    header.strip_prefix("Bearer ").expect("a bearer token")
}

/// Returns the tokens of all requests.
pub(crate) fn bearers<T: FromIterator<String>>(server: &Recorder) -> T {
    let requests = server.requests();
    requests.iter().map(|it| bearer(it).to_owned()).collect()
}

/// Returns the time in seconds since 1970.
pub(crate) fn clock_seconds(clock: &ManualClock) -> u64 {
    let since = clock
        .now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
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
