//! What is sent, and what is refused before anything is sent.

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error};
use serde_json::{Value, json};

use crate::support::{answering, graphql_project, new_user, unsent};

fn ok() -> Answer {
    Answer::new(200).json(&json!({ "data": { "a": 1 } }))
}

#[tokio::test]
async fn a_request_has_the_form_of_graphql_over_http() {
    let (server, client) = answering([ok()]).await;
    let document = "query A { a } query B($x: Int) { b(x: $x) }";
    let operation = client
        .graphql(document, json!({ "x": 1 }))
        .operation("B")
        .header("x-trace", "1");
    operation.await.unwrap();
    client.graphql("{ a }", ()).await.unwrap();
    let requests = server.requests();
    let body = |at: usize| requests[at].json::<Value>();
    assert_eq!(
        requests[0].path(),
        "/graphql/v1",
        "without a slash at the end"
    );
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].header("x-trace"), Some("1"));
    assert!(requests[0].header("apikey").is_some());
    assert_eq!(
        body(0),
        json!({ "query": document, "variables": { "x": 1 }, "operationName": "B" })
    );
    assert_eq!(body(1), json!({ "query": "{ a }" }));
}

#[tokio::test]
async fn the_named_operation_is_executed() {
    let alice = graphql_project().await.get(new_user()).unwrap();
    let document =
        "query One { sum: add(a: 1, b: 0) } query Two($a: Int!) { sum: add(a: $a, b: 0) }";
    let two = alice
        .graphql(document, json!({ "a": 2 }))
        .operation("Two")
        .await
        .unwrap();
    let one = alice.graphql(document, ()).operation("One").await.unwrap();
    assert_eq!((&one["sum"], &two["sum"]), (&json!(1), &json!(2)));
    assert!(
        alice.graphql(document, ()).await.is_err(),
        "it has to be named"
    );
}

#[tokio::test]
async fn variables_that_are_not_an_object_are_an_error_before_anything_is_sent() {
    let (server, client) = answering([ok()]).await;
    for variables in [json!([1]), json!(1), json!("x"), json!(true)] {
        let error = unsent(client.graphql("{ a }", variables).await);
        assert!(
            error.starts_with("the variables are not an object; pass"),
            "{error}"
        );
    }
    let unserialisable = std::collections::HashMap::from([((), 1)]);
    let error = client.graphql("{ a }", unserialisable).await.unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Body { .. })),
        "{error}"
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_read_only_client_sends_queries_and_refuses_what_may_be_a_mutation() {
    let (server, client) = answering([ok()]).await;
    let reader = client.read_only();
    for document in [
        "mutation { a }",
        "query A { a } mutation B { b }",
        "{ a } # a mutation",
        "\u{feff}mutation{a}",
        "subscription { a }",
    ] {
        // Which operation is named makes no difference.
        let error = unsent(reader.graphql(document, ()).operation("A").await);
        assert!(
            error.contains("is read-only, and a GraphQL document with the word"),
            "{error}"
        );
    }
    assert_eq!(server.requests().len(), 0);
    reader.graphql("query A { a mutations }", ()).await.unwrap();
    assert_eq!(server.requests().len(), 1);

    let alice = graphql_project().await.get(new_user()).unwrap();
    let notes = alice
        .read_only()
        .graphql("{ allNotes { nodes { id } } }", ())
        .await
        .unwrap();
    assert_eq!(notes["allNotes"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_query_is_retried_as_a_read_and_a_mutation_is_not() {
    for (document, repeatable, requests) in [
        ("{ a }", false, 2),
        ("mutation { a }", false, 1),
        ("mutation { a }", true, 2),
    ] {
        let (server, client) = answering([Answer::new(503), ok()]).await;
        let operation = client.graphql(document, ());
        let operation = if repeatable {
            operation.repeatable()
        } else {
            operation
        };
        assert_eq!(operation.await.is_ok(), requests == 2, "{document}");
        assert_eq!(server.requests().len(), requests, "{document}");
    }
}

#[tokio::test]
async fn debug_shows_neither_document_nor_variables() {
    let (_server, client) = answering([ok()]).await;
    let operation = client.graphql("{ account(pin: 1234) { a } }", json!({ "pin": 5678 }));
    let text = format!("{operation:?}");
    assert!(!text.contains("1234") && !text.contains("5678"), "{text}");
}

#[tokio::test]
async fn operations_block_in_blocking_code() {
    let clients = graphql_project().await;
    let alice = scoped_runtime::blocking::ScopedClients::from(clients)
        .get(new_user())
        .unwrap();
    let test = move || {
        let data = alice.graphql("{ add(a: 1, b: 2) }", ()).execute().unwrap();
        assert_eq!(data["add"], 3);
        let data: std::collections::BTreeMap<String, i32> =
            alice.graphql("{ add(a: 1, b: 2) }", ()).fetch().unwrap();
        assert_eq!(data["add"], 3);
        let partial = alice
            .graphql("{ add(a: 1, b: 2) }", ())
            .fetch_partial::<Value>()
            .unwrap();
        assert!(partial.errors.is_empty());
    };
    tokio::task::spawn_blocking(test).await.unwrap();
}
