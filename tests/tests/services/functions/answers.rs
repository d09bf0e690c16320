//! The answers of functions, good and bad.

use std::time::Duration;

use scoped_runtime::{ClientError, Error, Limits, Phase};
use serde_json::{Value, json};

use crate::support::{caller, config, function_server, new_user, project};

#[derive(serde::Deserialize)]
struct Greeting {
    message: String,
}

#[tokio::test]
async fn an_answer_is_read_as_json_text_bytes_or_nothing() {
    let functions = caller().await.functions();
    let answer = functions
        .invoke("hello", json!({ "name": "Ada" }))
        .await
        .unwrap();
    assert_eq!(answer.json::<Greeting>().unwrap().message, "Hello Ada");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(functions.invoke("text", ()).await.unwrap().text(), "grüße");
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(functions.invoke("bytes", ()).await.unwrap().bytes(), bytes);
    let empty = functions.invoke("empty", ()).await.unwrap();
    assert_eq!((empty.status(), empty.bytes().len()), (204, 0));
    empty.json::<()>().unwrap();
}

#[tokio::test]
async fn an_answer_of_another_type_is_an_error_that_says_so() {
    let functions = caller().await.functions();
    let page = functions
        .invoke("html", ())
        .await
        .unwrap()
        .json::<Value>()
        .unwrap_err();
    assert!(page.to_string().contains("`functions/v1/html`"), "{page}");
    assert!(page.to_string().contains("a web page (HTML)"), "{page}");
    let deep = functions
        .invoke("deep", ())
        .await
        .unwrap()
        .json::<Value>()
        .unwrap_err();
    assert!(
        deep.to_string().contains("recursion limit exceeded"),
        "{deep}"
    );
    // `events` may be read as text, but not the other way round.
    let error = functions.invoke("text", ()).events().await.unwrap_err();
    let expected = "the response of function `text` is `text/plain`, expected `text/event-stream`";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_cut_off_or_endless_or_silent_is_an_error() {
    let url = function_server().await.url();
    let limited = config(&url).limits(Limits::new().response_bytes(100_000));
    let alice = project(limited).get(new_user()).unwrap();
    let functions = alice.functions();

    let cut = functions.invoke("cut", ()).await.unwrap_err();
    assert!(
        matches!(cut, Error::Client(ClientError::Transport { .. })),
        "{cut}"
    );

    for name in ["endless", "cut?"] {
        let call = functions.invoke(name.trim_end_matches('?'), ());
        let call = if name == "cut?" {
            call.query("length", "9999999")
        } else {
            call
        };
        let error = call.await.unwrap_err();
        let Error::Client(ClientError::LimitExceeded { limit, setting, .. }) = error else {
            panic!("{error}");
        };
        assert_eq!((limit, setting), (100_000, "response_bytes"));
    }

    let silent = functions
        .invoke("silent", ())
        .timeout(Duration::from_millis(50));
    let error = silent.await.unwrap_err();
    let Error::Client(ClientError::Timeout { after, phase, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!((after, phase), (Duration::from_millis(50), Phase::Response));
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let functions = caller().await.functions();
    let error = functions.invoke("redirect", ()).await.unwrap_err();
    let expected = "the server redirects (302) to https://elsewhere.example";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[tokio::test]
async fn a_slow_reader_slows_the_function_down() {
    let alice = caller().await;
    let mut body = alice
        .functions()
        .invoke("endless", ())
        .stream()
        .await
        .unwrap();
    body.next_part().await.unwrap().unwrap();
    // The server writes until the buffers of both sockets are full.
    let mut before = u64::MAX;
    loop {
        let log = crate::support::arrived(&alice).await;
        let written = log[0]["written"].as_u64().unwrap();
        assert!(written < 256 << 20, "{written} bytes are somewhere");
        if written == before {
            break;
        }
        before = written;
    }
    // It goes on once the reader does.
    let mut read = 0;
    while read <= before {
        read += body.next_part().await.unwrap().unwrap().len() as u64;
    }
}
