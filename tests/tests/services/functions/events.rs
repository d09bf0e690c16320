//! Server-sent events.

use futures_util::StreamExt;
use scoped_runtime::functions::{Event, EventStream};
use scoped_runtime::{ClientError, Error, Limits};
use serde_json::Value;

use crate::support::{caller, config, function_server, new_user, project};

async fn events(r#as: &str) -> EventStream {
    let url = function_server().await.url();
    let limited = config(&url).limits(Limits::new().event_bytes(10_000));
    let alice = project(limited).get(new_user()).unwrap();
    let call = alice.functions().invoke("events", ()).query("as", r#as);
    call.events().await.unwrap()
}

fn fields(event: &Event) -> (&str, &str, Option<&str>) {
    (&event.event, &event.data, event.id.as_deref())
}

#[tokio::test]
async fn events_are_read_as_the_standard_says() {
    let alice = caller().await;
    let mut events = alice
        .functions()
        .invoke("events", ())
        .events()
        .await
        .unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert_eq!(fields(&first), ("delta", r#"{"text":"grüße"}"#, Some("1")));
    assert_eq!(first.json::<Value>().unwrap()["text"], "grüße");
    assert_eq!(events.retry(), Some(std::time::Duration::from_millis(250)));
    let rest: Vec<Event> = events.into_stream().map(Result::unwrap).collect().await;
    let rest: Vec<_> = rest.iter().map(fields).collect();
    assert_eq!(
        rest,
        [
            ("message", "\nsecond line", Some("1")),
            ("message", "[DONE]", None)
        ]
    );
}

#[tokio::test]
async fn an_event_or_a_line_that_never_ends_is_an_error_within_the_limit() {
    for endless in ["line", "data"] {
        let mut events = events(endless).await;
        let error = events.next().await.unwrap().unwrap_err();
        let text = "a server-sent event has more than 10000 bytes";
        assert!(error.to_string().starts_with(text), "{error}");
        assert!(
            error.to_string().ends_with("`Limits::event_bytes`"),
            "{error}"
        );
        assert!(events.next().await.is_none(), "an error is the last item");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_off_is_an_error_and_an_unfinished_event_is_dropped() {
    let mut cut = events("cut").await;
    assert_eq!(cut.next().await.unwrap().unwrap().data, "one");
    let error = cut.next().await.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Transport { .. })),
        "{error}"
    );
    assert!(cut.next().await.is_none());

    let mut unfinished = events("unfinished").await;
    assert_eq!(unfinished.next().await.unwrap().unwrap().data, "one");
    assert!(unfinished.next().await.is_none());
}

#[tokio::test]
async fn a_page_in_the_place_of_events_is_an_error() {
    let call = caller()
        .await
        .functions()
        .invoke("events", ())
        .query("as", "html");
    let error = call.events().await.unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::ContentType { .. })),
        "{error}"
    );
}
