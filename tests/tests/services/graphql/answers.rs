//! Responses, good and bad.

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error, GraphqlErrorEntry};
use serde::Deserialize;
use serde_json::{Value, json};

use super::rls::{of_graphql, write};
use crate::support::{answering, graphql_project, new_user};

const HALF: &str = "{ good: allNotes { nodes { body } } bad: add(a: 2147483647, b: 1) }";

#[derive(Debug, Deserialize)]
struct Whole {
    #[expect(dead_code, reason = "never read")]
    bad: i64,
}

#[derive(Debug, Deserialize)]
struct Half {
    good: Value,
    bad: Option<i64>,
}

#[tokio::test]
async fn an_error_at_status_200_is_an_error_with_its_path_places_and_extensions() {
    let alice = graphql_project().await.get(new_user()).unwrap();
    let error = of_graphql(alice.graphql(HALF, ()).await);
    assert_eq!((error.status(), error.code()), (200, Some("22003")));
    assert_eq!(error.message(), "integer out of range");
    let [entry] = error.errors() else {
        panic!("{error}");
    };
    assert_eq!(entry.path(), ["bad"]);
    assert_eq!(
        (entry.locations()[0].line, entry.locations()[0].column),
        (1, 37)
    );
    assert_eq!(entry.extensions()["code"], "22003");
    let text = "graphql answered with an error: integer out of range (at `bad`)";
    assert_eq!(error.to_string(), text);
    assert!(!error.is_denied() && !error.is_not_found() && !error.is_transient());
}

#[tokio::test]
async fn partial_data_is_returned_on_request_together_with_the_errors() {
    let alice = graphql_project().await.get(new_user()).unwrap();
    write(&alice, "milk").await;
    let half = alice
        .graphql(HALF, ())
        .fetch_partial::<Half>()
        .await
        .unwrap();
    let data = half.data.unwrap();
    assert_eq!(data.good["nodes"], json!([{ "body": "milk" }]));
    assert_eq!(
        (data.bad, half.errors[0].path()),
        (None, &["bad".to_owned()][..])
    );
    let whole = alice.graphql("{ good: allNotes { nodes { body } } }", ());
    let whole = whole.fetch_partial::<Value>().await.unwrap();
    assert!(whole.errors.is_empty() && whole.data.is_some());

    // A type without a place for the missing part does not hide the reason.
    of_graphql(alice.graphql(HALF, ()).fetch_partial::<Whole>().await);
    // An error of the whole document leaves no data.
    let none = alice
        .graphql("{ nothing }", ())
        .fetch_partial::<Value>()
        .await;
    match none {
        Ok(none) => assert!(none.data.is_none() && none.errors[0].path().is_empty()),
        // PostGraphile answers 400 here, which is an error of the request.
        Err(error) => assert_eq!(of_graphql(Err::<(), _>(error)).status(), 400),
    }
}

#[tokio::test]
async fn a_mistake_in_the_document_is_an_error_with_its_places() {
    let alice = graphql_project().await.get(new_user()).unwrap();
    let error = of_graphql(
        alice
            .graphql("{\n  allNotes { nodes { nothing } }\n}", ())
            .await,
    );
    assert!(error.message().contains("nothing"), "{error}");
    let place = error.errors()[0].locations()[0];
    assert_eq!((place.line, place.column), (2, 22));
    let error = alice
        .graphql("{ add(a: 1, b: 2) }", ())
        .fetch::<Half>()
        .await
        .unwrap_err();
    let Error::Client(ClientError::Decode { place, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(place, " at field `data`", "{error}");
}

async fn answer(body: &str) -> Result<Value, Error> {
    let response = Answer::new(200)
        .header("content-type", "application/json")
        .body(body.to_owned());
    let (_server, client) = answering([response]).await;
    client.graphql("{ a }", ()).await
}

#[tokio::test]
async fn no_response_with_an_error_in_it_is_taken_for_success() {
    for body in [
        r#"{"data":{"a":1},"errors":[{"message":"no"}]}"#,
        r#"{"errors":[{"message":"no"}],"data":{"a":1}}"#,
        r#"{"data":{"a":1},"errors":["no"]}"#,
        r#"{"data":{"a":1},"errors":[{}]}"#,
        r#"{"data":{"a":1},"errors":[null]}"#,
        r#"{"data":{"a":1},"errors":{"message":"no"}}"#,
        r#"{"data":{"a":1},"errors":"no"}"#,
        r#"{"data":{"a":1},"errors":true}"#,
    ] {
        of_graphql(answer(body).await);
    }
    for body in [
        r#"{"data":{"a":1},"errors":null,"errors":[{"message":"no"}]}"#,
        r#"{"data":{"a":1},"data":{"a":2}}"#,
        "{}",
        "null",
        "[1]",
        "<html>",
        "",
    ] {
        let error = answer(body).await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Decode { .. })),
            "{body}: {error}"
        );
    }
    for body in [
        r#"{"data":{"a":1}}"#,
        r#"{"data":{"a":1},"errors":null}"#,
        r#"{"data":{"a":1},"errors":[]}"#,
    ] {
        assert_eq!(answer(body).await.unwrap()["a"], 1, "{body}");
    }
}

#[tokio::test]
async fn hostile_responses_are_errors_within_limits() {
    let deep = format!(
        r#"{{"data":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let error = answer(&deep).await.unwrap_err().to_string();
    assert!(error.contains("recursion limit exceeded"), "{error}");

    let huge = format!(
        r#"{{"data":null,"errors":[{{"message":"{}"}}]}}"#,
        "x".repeat(100_000)
    );
    let error = of_graphql(answer(&huge).await);
    assert_eq!(
        error.message(),
        "the list of errors has more than 65536 bytes"
    );
    assert_eq!(error.errors(), []);

    let many = format!(r#"{{"errors":[{}{{}}]}}"#, "{},".repeat(5_000));
    let error = of_graphql(answer(&many).await);
    assert_eq!(error.errors().len(), 100);
    assert!(error.to_string().ends_with("; and 99 more"), "{error}");

    let odd = r#"{"errors":[{"message":7,"path":["a",0,{"b":1},null],"locations":[{"line":-1},{"line":1,"column":2}],"extensions":[]}]}"#;
    let error = of_graphql(answer(odd).await);
    let entry: &GraphqlErrorEntry = &error.errors()[0];
    assert_eq!(
        (entry.message(), entry.path()),
        (
            "7",
            &["a", "0", r#"{"b":1}"#, "null"].map(str::to_owned)[..]
        )
    );
    assert_eq!((entry.locations().len(), entry.extensions().len()), (1, 0));
    assert_eq!(entry.code(), None);

    let forged = r#"{"errors":[{"message":"a\nb\u202e"}]}"#;
    let text = of_graphql(answer(forged).await).to_string();
    assert!(text.ends_with(r"a\nb\u{202e}"), "{text}");
}

#[tokio::test]
async fn errors_of_the_http_response_keep_their_status_and_code() {
    let of = async |status: u16, body: Value| {
        let response = Answer::new(status).json(&body);
        let (_server, client) = answering([response]).await;
        of_graphql(client.graphql("mutation { a }", ()).await)
    };
    let missing = of(
        404,
        json!({ "message": "no Route matched with those values" }),
    )
    .await;
    assert!(missing.is_not_found() && missing.errors().is_empty());
    let text = "graphql answered 404: no Route matched with those values; hint: enable the extension `pg_graphql`";
    assert_eq!(missing.to_string(), text);
    let busy = of(503, json!({ "code": "PGRST000", "message": "busy" })).await;
    assert!(busy.is_transient() && Error::from(busy.clone()).is_transient());
    assert_eq!(
        (busy.code(), Error::from(busy.clone()).public().status()),
        (Some("PGRST000"), 503)
    );
    // A response by GraphQL over HTTP may have another status and errors.
    let both = of(
        400,
        json!({ "errors": [{ "message": "no", "extensions": { "code": "FORBIDDEN" } }] }),
    )
    .await;
    assert!(both.is_denied());
    assert_eq!(
        (both.status(), both.message(), both.code()),
        (400, "no", Some("FORBIDDEN"))
    );
    // `pg_graphql` passes PostgreSQL's message on, without a code.
    let denied = of(
        200,
        json!({ "errors": [{ "message": "permission denied for table notes" }] }),
    )
    .await;
    assert!(denied.is_denied());
}
