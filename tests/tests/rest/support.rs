//! A project with a recording server.

use scoped_runtime::testing::{Answer, Recorded, Recorder};
use scoped_runtime::{Error, Query, ScopedClient, ScopedClients};
use serde_json::json;

pub(crate) const ALICE: &str = "00000000-0000-4000-8000-00000000000a";
pub(crate) const KEY: &str = "sb_publishable_abcdefghijklmnopqrstuv_abcdefgh";

/// A server with these responses in turn, which repeats the last one, and a client of it.
pub(crate) async fn answering(
    answers: impl IntoIterator<Item = impl Into<Answer>>,
) -> (Recorder, ScopedClient) {
    let server = Recorder::start().await.unwrap();
    server.answers(answers);
    let clients =
        ScopedClients::new(server.config_builder().api_key(KEY).build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    (server, client)
}

/// A server that answers `200 []`, and a client of it.
pub(crate) async fn project() -> (Recorder, ScopedClient) {
    answering([json!([])]).await
}

/// Sends a query to a recording server and returns the request.
pub(crate) async fn sent(query: impl FnOnce(&ScopedClient) -> Query) -> Recorded {
    let (server, client) = project().await;
    query(&client).execute().await.unwrap();
    server.only_request()
}

/// Returns the error of a query for which no request may be sent.
pub(crate) async fn refused(query: impl FnOnce(&ScopedClient) -> Query) -> Error {
    let (server, client) = project().await;
    let error = query(&client).execute().await.expect_err("a mistake");
    server.assert_no_requests();
    assert!(!error.is_transient(), "{error}");
    error
}

/// The decoded query parameters.
pub(crate) fn parameters(request: &Recorded) -> Vec<(String, String)> {
    request.query_pairs().to_vec()
}

pub(crate) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
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
