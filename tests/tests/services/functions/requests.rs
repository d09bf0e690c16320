//! What a function receives.

use bytes::Bytes;
use futures_util::stream;
use scoped_runtime::functions::{Invocation, Multipart};
use scoped_runtime::{Error, Upload};
use serde_json::{Value, json};

use crate::support::{
    answering, arrived, caller, config, function_server, new_user, project, unsent,
};
use scoped_runtime::testing::Answer;

pub(super) async fn echo(call: Invocation) -> Value {
    call.await.unwrap().json().unwrap()
}

pub(super) fn parts(texts: &[&'static str]) -> Upload {
    let parts: Vec<_> = texts
        .iter()
        .map(|text| Ok(Bytes::from_static(text.as_bytes())))
        .collect();
    Upload::new(stream::iter(parts))
}

#[tokio::test]
async fn methods_headers_parameters_and_paths_arrive() {
    let functions = caller().await.functions();
    let call = functions
        .invoke("echo/orders/7 ü?&", ())
        .method("get")
        .header("x-trace", "1")
        .query("a b", "c&d=ä");
    let echo = echo(call).await;
    assert_eq!(echo["method"], "GET");
    assert_eq!(echo["path"], "/functions/v1/echo/orders/7%20%C3%BC%3F%26");
    assert_eq!(echo["query"], json!([["a b", "c&d=ä"]]));
    assert_eq!(echo["headers"]["x-trace"], "1");
    for method in ["PUT", "PATCH", "DELETE"] {
        let call = functions.invoke("echo", json!({ "a": 1 })).method(method);
        let echo: Value = call.await.unwrap().json().unwrap();
        assert_eq!(
            (&echo["method"], &echo["text"]),
            (&json!(method), &json!(r#"{"a":1}"#))
        );
    }
}

#[tokio::test]
async fn a_region_is_a_header_and_a_parameter() {
    let functions = caller().await.functions().region("eu-west-3");
    let region = |echo: &Value| {
        (
            echo["headers"].get("x-region").cloned(),
            echo["query"].clone(),
        )
    };
    let answer = functions.invoke("echo", ()).await.unwrap();
    assert_eq!(answer.header("x-sb-edge-region"), Some("eu-west-3"));
    let of = |name: &str| (Some(json!(name)), json!([["forceFunctionRegion", name]]));
    assert_eq!(region(&answer.json().unwrap()), of("eu-west-3"));
    let other = echo(functions.invoke("echo", ()).region("us-east-1")).await;
    assert_eq!(region(&other), of("us-east-1"));
    let any = echo(functions.invoke("echo", ()).region("any")).await;
    assert_eq!(region(&any), (None, json!([])));
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_an_error_before_it_is_sent() {
    let alice = caller().await;
    let functions = alice.functions();
    for name in [
        "",
        ".",
        "..",
        "a/../b",
        "a//b",
        "a/",
        "/a",
        "a\\b",
        "a\nb",
        "a/%2e%2e/\0",
    ] {
        let error = unsent(functions.invoke(name, ()).await);
        assert!(error.starts_with("function `"), "{name:?}: {error}");
    }
    let invoke = || functions.invoke("echo", json!({}));
    for (call, words) in [
        (
            invoke().region("EU west"),
            "region `EU west` is not the name of a region; use",
        ),
        (
            invoke().method("GET"),
            "a call with GET has a body; pass `()`",
        ),
        (
            invoke().bytes("").upload(parts(&[])).method("HEAD"),
            "a call with HEAD has a body",
        ),
        (
            invoke().method("TRACE"),
            "method `TRACE` cannot be sent as a user",
        ),
        (
            invoke().header("Authorization", "Bearer x"),
            "header `Authorization` is set by the client",
        ),
        (
            invoke().header("apikey", "x"),
            "header `apikey` is set by the client",
        ),
        (
            invoke().header("content-length", "3"),
            "header `content-length` is set by the client",
        ),
        (
            invoke().header("x-a", "b\r\nc: d"),
            "has a value that a header cannot carry",
        ),
        (
            invoke().query("apikey", "x"),
            "parameter `apikey` is set by the client",
        ),
        (
            invoke().multipart(Multipart::new().file("a", "b", "image/png\r\nx: y", "")),
            "is not a media type; use",
        ),
    ] {
        let error = unsent(call.await);
        assert!(error.contains(words), "`{words}` is missing: {error}");
    }
    assert_eq!(arrived(&alice).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_read_only_client_calls_functions_with_get_alone() {
    let alice = caller().await.read_only();
    for method in ["POST", "PUT", "DELETE"] {
        let error = unsent(alice.functions().invoke("echo", ()).method(method).await);
        assert!(error.contains("is read-only"), "{error}");
    }
    // The method that is sent decides, not one that was set before.
    let call = alice
        .functions()
        .invoke("echo", ())
        .method("GET")
        .method("POST");
    assert!(unsent(call.await).contains("is read-only"));
    let events = alice.functions().invoke("events", ()).events();
    assert!(unsent(events.await).contains("is read-only"));
    let upload = alice.functions().invoke("echo", ()).upload(parts(&["x"]));
    assert!(unsent(upload.await).contains("is read-only"));
    assert_eq!(arrived(&alice).await, Vec::<Value>::new());
    let get = alice.functions().invoke("echo", ()).method("GET");
    assert_eq!(echo(get).await["user"], alice.user_id().as_str());
}

#[tokio::test]
async fn an_anonymous_client_calls_functions_without_a_token() {
    let clients = project(config(&function_server().await.url()));
    let anonymous = clients.anonymous().unwrap().functions();
    let answer: Value = anonymous
        .invoke("public", json!({ "name": "x" }))
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(answer["user"], Value::Null);
    let error = anonymous.invoke("hello", ()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Function(error) if error.is_denied()),
        "{error}"
    );
}

#[tokio::test]
async fn a_call_is_retried_only_if_it_reads_or_says_so() {
    for (method, repeatable, requests) in [("POST", false, 1), ("POST", true, 2), ("GET", false, 2)]
    {
        let answers = [Answer::new(503), Answer::new(200)];
        let (server, client) = answering(answers).await;
        let call = client.functions().invoke("f", ()).method(method);
        let call = if repeatable { call.repeatable() } else { call };
        assert_eq!(call.await.is_ok(), requests == 2, "{method}");
        assert_eq!(server.requests().len(), requests, "{method}");
    }
}

#[tokio::test]
async fn two_hundred_users_at_once_each_get_their_own_answer() {
    let clients = project(config(&function_server().await.url()));
    let calls = (0..200).map(|_| {
        let client = clients.get(new_user()).unwrap();
        async move {
            let answer = client.functions().invoke("hello", ()).await.unwrap();
            let answer: Value = answer.json().unwrap();
            assert_eq!(answer["user"], client.user_id().as_str());
        }
    });
    futures_util::future::join_all(calls).await;
}
