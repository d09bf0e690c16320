//! The official client, `@supabase/functions-js`, makes the same calls to the same server, and sees the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use scoped_runtime::functions::{Invocation, Multipart};
use scoped_runtime::{Error, Response, ScopedClient};
use scoped_tests::run_peer;
use serde_json::{Value, json};

use crate::support::{KEY, caller, function_server};

/// The calls of the official client.
fn calls() -> Value {
    json!([
        { "name": "hello", "options": { "body": { "name": "Ada" } } },
        { "name": "echo", "options": { "body": { "a": ["ü"] } } },
        { "name": "echo", "options": {} },
        { "name": "echo", "options": { "body": "text" } },
        { "name": "echo", "bytes": STANDARD.encode([1, 2, 255]) },
        { "name": "echo/sub/path", "options": { "method": "GET" } },
        { "name": "echo", "options": { "method": "DELETE", "body": { "a": 1 }, "headers": { "x-a": "b" } } },
        { "name": "echo", "options": { "region": "eu-west-3" } },
        { "name": "count", "form": [["title", "a"], ["file", { "name": "a.txt", "type": "text/plain", "text": "body" }]] },
        { "name": "text", "options": {} },
        { "name": "bytes", "options": {} },
        { "name": "events", "options": {} },
        { "name": "fails?status=422", "options": {} },
        { "name": "fails?as=text&status=500", "options": {} },
        { "name": "relay", "options": {} },
        { "name": "relay?status=200", "options": {} },
        { "name": "no-such", "options": {} },
    ])
}

/// The same calls by ours. The official client takes parameters in the name of the function.
fn ours(alice: &ScopedClient) -> Vec<Invocation> {
    let functions = alice.functions();
    let form = Multipart::new()
        .text("title", "a")
        .file("file", "a.txt", "text/plain", "body");
    let plain = |name: &str| functions.invoke(name, ());
    vec![
        functions.invoke("hello", json!({ "name": "Ada" })),
        functions.invoke("echo", json!({ "a": ["ü"] })),
        plain("echo"),
        plain("echo").text("text"),
        plain("echo").bytes(Bytes::from_static(&[1, 2, 255])),
        plain("echo/sub/path").method("GET"),
        functions
            .invoke("echo", json!({ "a": 1 }))
            .method("DELETE")
            .header("x-a", "b"),
        plain("echo").region("eu-west-3"),
        plain("count").multipart(form),
        plain("text"),
        plain("bytes"),
        plain("events"),
        plain("fails").query("status", "422"),
        plain("fails").query("as", "text").query("status", "500"),
        plain("relay"),
        plain("relay").query("status", "200"),
        plain("no-such"),
    ]
}

/// What ours sees, in the words of the official client.
async fn seen(call: Invocation, is_events: bool) -> Value {
    if is_events {
        let mut events = call.events().await.unwrap();
        let mut list = Vec::new();
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            list.push(json!({ "event": event.event, "data": event.data }));
        }
        return json!({ "data": { "events": list } });
    }
    match call.await {
        Ok(response) => json!({ "data": data(&response) }),
        Err(Error::Function(error)) => json!({ "error": {
            "name": if error.is_relay() { "FunctionsRelayError" } else { "FunctionsHttpError" },
            "status": error.status(),
            "body": String::from_utf8_lossy(error.body()),
        } }),
        Err(error) => panic!("{error}"),
    }
}

fn data(response: &Response) -> Value {
    match response.header("content-type").unwrap_or_default() {
        "application/json" => json!({ "json": response.json::<Value>().unwrap() }),
        "application/octet-stream" => json!({ "bytes": STANDARD.encode(response.bytes()) }),
        _ => json!({ "text": response.text() }),
    }
}

/// Headers that `fetch` sends of its own, those of the connection, and what must differ between two requests.
const OF_FETCH: [&str; 8] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "host",
    "sec-fetch-mode",
    "user-agent",
];

/// Removes what may differ, and says how ours differs on purpose.
fn comparable(mut seen: Value) -> Value {
    let Some(echo) = seen
        .pointer_mut("/data/json")
        .and_then(Value::as_object_mut)
    else {
        return seen;
    };
    if let Some(headers) = echo.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, _| !OF_FETCH.contains(&name.as_str()));
        // Ours names the encoding of text.
        if let Some(kind) = headers.get_mut("content-type") {
            *kind = kind.as_str().unwrap().split(';').next().unwrap().into();
        }
    }
    // The boundary of a form has another length.
    if echo.len() == 1 {
        echo.remove("bytes");
    }
    seen
}

#[tokio::test]
async fn both_clients_send_and_see_the_same() {
    let alice = caller().await;
    let token = alice.token().unwrap();
    let input = json!({
        "url": function_server().await.url(),
        "key": KEY,
        "token": token.expose_secret(),
        "calls": calls(),
    });
    let theirs = run_peer("functions/client.mjs", &input).await.unwrap();
    let theirs = theirs.as_array().unwrap();
    let calls = calls();
    let ours = ours(&alice);
    assert_eq!(
        (theirs.len(), ours.len()),
        (calls.as_array().unwrap().len(), ours.len())
    );
    for ((call, theirs), ours) in calls.as_array().unwrap().iter().zip(theirs).zip(ours) {
        let ours = seen(ours, call["name"] == "events").await;
        assert_eq!(comparable(ours), comparable(theirs.clone()), "{call}");
    }
}
