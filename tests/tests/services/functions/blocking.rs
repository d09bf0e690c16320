//! Functions without an async runtime.

use std::io::Read;

use scoped_runtime::blocking::{ScopedClient, ScopedClients};
use scoped_runtime::{ClientError, Error};
use serde_json::{Value, json};

use crate::support::{config, function_server, new_user, project};

/// Runs the test on a thread that blocks.
async fn on_thread(test: impl FnOnce(ScopedClient) + Send + 'static) {
    let clients = project(config(&function_server().await.url()));
    let client = ScopedClients::from(clients).get(new_user()).unwrap();
    tokio::task::spawn_blocking(|| test(client)).await.unwrap();
}

#[tokio::test]
async fn calls_streams_and_events_block() {
    on_thread(|alice| {
        let functions = alice.functions();
        let answer = functions
            .invoke("hello", json!({ "name": "Ada" }))
            .execute()
            .unwrap();
        assert_eq!(answer.json::<Value>().unwrap()["message"], "Hello Ada");

        let mut body = functions.invoke("stream", ()).stream().unwrap();
        assert_eq!(
            (body.status(), body.header("content-type")),
            (200, Some("text/plain"))
        );
        let mut text = String::new();
        body.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");

        let events = functions.invoke("events", ()).events().unwrap();
        let events: Vec<String> = events.map(|event| event.unwrap().data).collect();
        assert_eq!(events.len(), 3);

        let first = functions.invoke("events", ()).events().unwrap().next();
        assert_eq!(
            first.unwrap().unwrap().event,
            "delta",
            "the rest is dropped"
        );

        let mut cut = functions.invoke("cut", ()).stream().unwrap();
        assert!(cut.read_to_end(&mut Vec::new()).is_err());
        let error = functions.invoke("fails", ()).execute().unwrap_err();
        assert!(matches!(error, Error::Function(_)), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_blocking_call_in_a_task_is_an_error() {
    let clients = project(config(&function_server().await.url()));
    let alice = ScopedClients::from(clients).get(new_user()).unwrap();
    let error = alice.functions().invoke("hello", ()).execute().unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::InsideRuntime)),
        "{error}"
    );
    assert!(alice.functions().invoke("hello", ()).events().is_err());
    assert!(alice.functions().invoke("hello", ()).stream().is_err());
}
