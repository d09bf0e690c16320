//! A project with a recording server.

use scoped_runtime::{Config, Error, Query, ScopedClient, ScopedClients};
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const ALICE: &str = "00000000-0000-4000-8000-00000000000a";
pub(crate) const KEY: &str = "sb_publishable_abcdefghijklmnopqrstuv_abcdefgh";

/// A server with these responses in turn, which repeats the last one, and a client of it.
pub(crate) async fn answering(
    answers: impl IntoIterator<Item = ResponseTemplate>,
) -> (MockServer, ScopedClient) {
    let server = MockServer::start().await;
    let mut answers = answers.into_iter().peekable();
    while let Some(answer) = answers.next() {
        let mock = Mock::given(any()).respond_with(answer);
        if answers.peek().is_some() {
            mock.up_to_n_times(1).mount(&server).await;
        } else {
            mock.mount(&server).await;
        }
    }
    let config = Config::builder()
        .environment(|_| None)
        .url(server.uri())
        .api_key(KEY)
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256")
        .build();
    let clients = ScopedClients::new(config.unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    (server, client)
}

/// A server that answers `200 []`, and a client of it.
pub(crate) async fn project() -> (MockServer, ScopedClient) {
    answering([ResponseTemplate::new(200).set_body_json(json!([]))]).await
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

/// Sends a query to a recording server and returns the request.
pub(crate) async fn sent(query: impl FnOnce(&ScopedClient) -> Query) -> Request {
    let (server, client) = project().await;
    query(&client).execute().await.unwrap();
    only(&server).await
}

/// Returns the error of a query for which no request may be sent.
pub(crate) async fn refused(query: impl FnOnce(&ScopedClient) -> Query) -> Error {
    let (server, client) = project().await;
    let error = query(&client).execute().await.expect_err("a mistake");
    assert_eq!(arrived(&server).await.len(), 0, "{error}");
    assert!(!error.is_transient(), "{error}");
    error
}

/// The decoded query parameters.
pub(crate) fn parameters(request: &Request) -> Vec<(String, String)> {
    request.url.query_pairs().into_owned().collect()
}

pub(crate) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Returns the value of a header, or an empty text.
pub(crate) fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Asserts that the query is refused with an error that contains these words.
pub(crate) async fn says(query: impl FnOnce(&ScopedClient) -> Query, words: &[&str]) {
    let error = refused(query).await.to_string();
    for word in words {
        assert!(error.contains(word), "`{word}` is missing: {error}");
    }
}

/// A query on a table.
pub(crate) fn table(client: &ScopedClient) -> Query {
    client.from("t")
}
