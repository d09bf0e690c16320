//! How responses become values and errors, and what the errors say.

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error, Returning};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::answering;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoded")]
struct Note {
    id: i64,
    author: Author,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoded")]
struct Author {
    name: String,
}

fn error(status: u16, body: &Value) -> Answer {
    Answer::new(status).json(body)
}

#[tokio::test]
async fn a_response_without_a_body_reads_as_unit_none_or_no_rows() {
    let (_server, client) = answering([Answer::new(204)]).await;
    client
        .rpc("void_function", ())
        .fetch_one::<()>()
        .await
        .unwrap();
    let nothing = client
        .rpc("void_function", ())
        .fetch_one::<Option<i64>>()
        .await;
    assert_eq!(nothing.unwrap(), None);
    let insert = || client.from("t").insert(json!({"a": 1}));
    let rows: Vec<Value> = insert().prefer("return=minimal").fetch().await.unwrap();
    assert!(rows.is_empty());
    let rows = insert()
        .returning(Returning::Nothing)
        .fetch_optional::<Value>()
        .await;
    assert_eq!(rows.unwrap(), None);
    insert()
        .fetch_one::<i64>()
        .await
        .expect_err("a number is not nothing");
}

#[tokio::test]
async fn a_decode_error_names_table_row_and_field_but_shows_no_value() {
    let rows = json!([
        {"id": 1, "author": {"name": "a"}},
        {"id": 2, "author": {"name": 5}},
    ]);
    let (_server, client) = answering([rows]).await;
    let error = client.from("my notes").fetch::<Note>().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the response of table `my notes` does not fit the requested type at row 2, field \
         `author.name`: invalid type: integer, expected a string at line 1 column 51; compare the \
         type with the selected columns"
    );
    let secret = json!({"id": "a private text", "author": {"name": ""}});
    let (_server, client) = answering([Answer::from(secret)]).await;
    let error = client.rpc("f", ()).fetch_one::<Note>().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("function `f`") && text.contains("at field `id`"),
        "{text}"
    );
    assert!(
        text.contains("string, expected i64") && !text.contains("private"),
        "{text}"
    );
    assert!(matches!(error, Error::Client(ClientError::Decode { .. })));
}

#[tokio::test]
async fn one_row_is_read_from_a_list_whatever_the_server_says_of_errors() {
    let (server, client) = answering([
        Answer::from(json!([])),
        Answer::from(json!([{"a": 1}])),
        Answer::from(json!([{"a": 1}, {"a": 2}])),
        error(406, &json!({"code": "PGRST116", "message": "no details"})),
    ])
    .await;
    let read = || client.from("t").eq("a", 1).fetch_optional::<Value>();
    assert_eq!(read().await.unwrap(), None);
    assert_eq!(read().await.unwrap(), Some(json!({"a": 1})));
    let Error::Api(two) = read().await.unwrap_err() else {
        panic!("an error of the API");
    };
    assert_eq!((two.status(), two.code()), (406, Some("PGRST116")));
    assert!(!two.is_no_row());
    assert_eq!(read().await.unwrap(), None);
    let request = &server.requests()[0];
    assert_eq!(request.query(), "a=eq.1&limit=2");
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn an_insert_that_may_not_be_read_back_says_what_to_do() {
    let denied = json!({
        "code": "42501", "details": null, "hint": null,
        "message": "new row violates row-level security policy for table \"t\"",
    });
    let (_server, client) = answering([error(403, &denied)]).await;
    let insert = || client.from("t").insert(json!({"a": 1}));
    let Error::Api(said) = insert().execute().await.unwrap_err() else {
        panic!("an error of the API");
    };
    assert!(
        said.hint()
            .unwrap()
            .contains("returning(Returning::Nothing)")
    );
    let Error::Api(said) = insert()
        .returning(Returning::Nothing)
        .execute()
        .await
        .unwrap_err()
    else {
        panic!("an error of the API");
    };
    assert_eq!(said.hint(), None);
}

#[tokio::test]
async fn a_response_without_a_body_has_its_error_code_in_the_headers() {
    let expired = Answer::new(401)
        .header("proxy-status", "PostgREST; error=PGRST303")
        .header(
            "www-authenticate",
            r#"Bearer error="invalid_token", error_description="JWT expired""#,
        );
    let counted = Answer::new(200).header("content-range", "*/7");
    let (server, client) = answering([expired, counted]).await;
    // The expired token is replaced, and the HEAD request is sent once more.
    assert_eq!(client.from("t").count().await.unwrap(), 7);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.method() == "HEAD"));
}

#[tokio::test]
async fn public_errors_have_a_matching_status_and_a_fixed_text() {
    for (status, code, public, text) in [
        (416, "PGRST103", 416, "there are fewer rows"),
        (400, "P0001", 400, "the database refused it"),
        (402, "PT402", 402, "the database refused it"),
        (503, "PT503", 503, "the database refused it"),
        (500, "PT402", 500, "the service failed"),
        (409, "40001", 503, "try again later"),
    ] {
        let body = json!({"code": code, "message": "private words"});
        let (_server, client) = answering([error(status, &body)]).await;
        let error = client.from("t").execute().await.unwrap_err().public();
        assert_eq!((error.status(), error.message()), (public, text), "{code}");
    }
}

#[tokio::test]
async fn text_from_the_server_cannot_forge_a_log_line() {
    let forged = "gone\r\n2026 ERROR\u{1b}[31m \u{202e}x";
    let body = json!({"code": "X\n1", "message": forged, "hint": "a\tb", "details": null});
    let (_server, client) = answering([error(400, &body)]).await;
    let error = client.from("t").execute().await.unwrap_err();
    let text = error.to_string();
    assert!(
        !text
            .chars()
            .any(|letter| letter.is_control() || letter == '\u{202e}'),
        "{text:?}"
    );
    assert_eq!(
        text,
        r"the server answered 400 (X\n1): gone\r\n2026 ERROR\u{1b}[31m \u{202e}x; hint: a\tb"
    );
    assert!(!format!("{error:?}").contains('\u{1b}'));
}

#[tokio::test]
async fn the_error_explains_a_role_that_is_missing_or_not_granted() {
    for (status, code, message, hint) in [
        (401, "22023", "role \"x\" does not exist", "create it"),
        (
            403,
            "42501",
            "permission denied to set role \"x\"",
            "grant it to `authenticator`",
        ),
    ] {
        let body = json!({"code": code, "message": message, "details": null, "hint": null});
        let (_server, client) = answering([error(status, &body)]).await;
        let error = client.from("t").execute().await.unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    }
}

#[tokio::test]
async fn with_too_few_rows_expect_rows_fails_and_says_that_the_write_happened() {
    let counted = Answer::new(200).header("content-range", "*/1");
    let listed = Answer::from(json!([{"a": 1}]));
    for answer in [counted, listed] {
        let (server, client) = answering([answer]).await;
        let update = |rows| {
            client
                .from("t")
                .update(json!({"a": 1}))
                .eq("b", 2)
                .expect_rows(rows)
        };
        update(1).execute().await.unwrap();
        let error = update(2).execute().await.unwrap_err();
        assert!(matches!(
            error,
            Error::Client(ClientError::FewerRows {
                expected: 2,
                found: 1,
                ..
            })
        ));
        assert!(
            error
                .to_string()
                .contains("were written, and this is not undone"),
            "{error}"
        );
        let prefer = "return=representation,count=exact,handling=strict,max-affected=1";
        assert_eq!(server.requests()[0].header("prefer"), Some(prefer));
    }
    let (_server, client) = answering([Answer::new(204)]).await;
    let update = client
        .from("t")
        .update(json!({"a": 1}))
        .eq("b", 2)
        .expect_rows(1);
    let error = update
        .returning(Returning::Nothing)
        .execute()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Client(ClientError::NoCount)));
}
