//! Errors of functions, of the relay and of the gateway.

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error, FunctionError};
use serde_json::{Value, json};

use crate::support::{answering, arrived, caller, config, function_server, new_user, project};

fn of_function(outcome: Result<impl Sized, Error>) -> FunctionError {
    match outcome {
        Err(Error::Function(error)) => error,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

async fn fails(r#as: &str, status: &str) -> FunctionError {
    let call = caller().await.functions().invoke("fails", ());
    of_function(call.query("as", r#as).query("status", status).await)
}

#[tokio::test]
async fn the_answer_of_a_function_is_kept_with_its_status_and_body() {
    let error = fails("json", "422").await;
    assert_eq!((error.status(), error.code()), (422, Some("too_many_rows")));
    assert_eq!(error.message(), "there are too many rows");
    assert_eq!(error.function(), "fails");
    assert_eq!(error.content_type(), Some("application/json"));
    assert!(
        !error.is_relay() && !error.is_denied() && !error.is_not_found() && !error.is_transient()
    );
    assert_eq!(error.json::<Value>().unwrap()["rows"], 7);
    assert_eq!(error.json::<Vec<i32>>(), None);
    let text = "the function `fails` answered 422 (too_many_rows): there are too many rows";
    assert_eq!(error.to_string(), text);
    assert!(!format!("{error:?}").contains("rows\":7"));

    assert_eq!(fails("message", "500").await.message(), "the message");
    let nested = fails("nested", "500").await;
    assert_eq!(
        (nested.message(), nested.code()),
        ("the nested message", Some("7"))
    );
    let text = fails("text", "500").await;
    assert_eq!(text.body(), b"it did\nnot work");
    assert!(text.to_string().ends_with(r"it did\nnot work"), "{text}");
}

#[tokio::test]
async fn statuses_say_what_kind_of_error_it_is() {
    let public = |error: FunctionError| Error::from(error).public().status();
    let denied = fails("json", "403").await;
    assert!(denied.is_denied() && public(denied) == 403);
    let missing = fails("json", "404").await;
    assert!(missing.is_not_found() && public(missing) == 404);
    for status in ["429", "502", "503", "504"] {
        let busy = fails("json", status).await;
        assert!(
            busy.is_transient() && Error::from(busy).is_transient(),
            "{status}"
        );
    }
    assert_eq!(public(fails("json", "422").await), 400);
    assert_eq!(public(fails("json", "409").await), 409);
    let own = Error::from(fails("text", "500").await).public();
    assert_eq!((own.status(), own.body().contains("did")), (500, false));
}

#[tokio::test]
async fn an_error_of_the_relay_is_told_apart_whatever_its_status() {
    let functions = caller().await.functions();
    for status in ["500", "200"] {
        let call = || functions.invoke("relay", ()).query("status", status);
        let error = of_function(call().await);
        assert!(error.is_relay() && error.is_transient());
        assert_eq!(error.status().to_string(), status);
        assert_eq!(error.body(), b"Internal Server Error");
        let text = error.to_string();
        assert!(
            text.starts_with("the relay could not run the function `relay`"),
            "{text}"
        );
        assert!(of_function(call().stream().await).is_relay());
        assert!(of_function(call().events().await).is_relay());
        assert_eq!(Error::from(error).public().status(), 503);
    }
}

#[tokio::test]
async fn the_gateway_says_that_a_function_is_missing_or_the_token_is_not_trusted() {
    let missing = of_function(caller().await.functions().invoke("no-such", ()).await);
    assert!(missing.is_not_found());
    assert_eq!(missing.code(), Some("NOT_FOUND"));
    assert_eq!(
        Error::from(missing).public().status(),
        500,
        "the operator's mistake"
    );

    let url = function_server().await.url();
    let other = config(&url).jwt_secret("another-jwt-secret-that-is-long-enough");
    let stranger = project(other).get(new_user()).unwrap();
    let error = of_function(stranger.functions().invoke("hello", ()).await);
    assert!(error.is_denied());
    assert_eq!(
        (error.message(), error.code()),
        ("Invalid JWT", Some("401"))
    );
    assert_eq!(arrived(&stranger).await.len(), 0);
}

#[tokio::test]
async fn a_huge_error_is_an_error_within_the_limit() {
    let call = caller()
        .await
        .functions()
        .invoke("fails", ())
        .query("as", "huge");
    let error = call.await.unwrap_err();
    let Error::Client(ClientError::LimitExceeded { what, setting, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(
        (&**what, *setting),
        ("the body of an error response (500)", "error_bytes")
    );
}

#[tokio::test]
async fn the_message_of_an_error_is_cut_and_its_body_is_not() {
    let long = "ü".repeat(2_000);
    let (_server, client) = answering([Answer::new(500).body(long.clone())]).await;
    let error = of_function(client.functions().invoke("f", ()).await);
    assert_eq!(
        (error.message().chars().count(), error.body().len()),
        (500, 4_000)
    );
}

#[tokio::test]
async fn a_token_that_the_gateway_refuses_as_expired_is_replaced_once() {
    let refused = || {
        Answer::new(401)
            .header("sb-error-code", "UNAUTHORIZED_INVALID_JWT")
            .json(&json!({ "message": "JWT expired" }))
    };
    let ok = Answer::new(200).json(&json!(1));
    let (server, client) = answering([refused(), ok]).await;
    client.functions().invoke("f", ()).await.unwrap();
    let requests = server.requests();
    let tokens: Vec<_> = requests
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert!(tokens.len() == 2 && tokens[0] != tokens[1]);

    let (server, client) = answering([refused()]).await;
    assert!(of_function(client.functions().invoke("f", ()).await).is_denied());
    assert_eq!(server.requests().len(), 2);

    // The function has run: it is not called again.
    let own = Answer::new(401).json(&json!({ "message": "JWT expired" }));
    let (server, client) = answering([own]).await;
    assert!(of_function(client.functions().invoke("f", ()).await).is_denied());
    assert_eq!(server.requests().len(), 1);
}
