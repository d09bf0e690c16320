//! What an assertion says when it fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

use scoped_runtime::testing::Recorder;
use serde_json::json;

use super::alice;
use crate::support::{ALICE, BOB};

/// The text with which the function panics.
fn failure<T>(assertion: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(assertion)) else {
        panic!("expected a failure");
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(text) => (*text.downcast::<&str>().unwrap()).to_owned(),
    }
}

async fn two_requests() -> Recorder {
    let (recorder, client) = alice().await;
    client.from("notes").eq("id", 1).execute().await.unwrap();
    client
        .from("notes")
        .insert(json!({ "a": 1 }))
        .execute()
        .await
        .unwrap();
    recorder
}

#[tokio::test]
async fn a_failure_lists_what_arrived() {
    let recorder = two_requests().await;
    let list = format!(
        "expected one request, and 2 arrived:\n  \
           1. GET /rest/v1/notes?id=eq.1 as user {ALICE} in the role authenticated\n  \
           2. POST /rest/v1/notes as user {ALICE} in the role authenticated, with the body {{\"a\":1}}"
    );
    assert_eq!(failure(|| recorder.only_request()), list);
    assert!(failure(|| recorder.assert_no_requests()).starts_with("expected no request, and 2"));
    recorder.assert_all_as(ALICE);
    let other = failure(|| recorder.assert_all_as(BOB));
    assert!(other.starts_with(&format!("expected only requests as user {BOB}, and 2")));
}

#[tokio::test]
async fn without_a_request_only_the_assertion_of_none_holds() {
    let (recorder, _) = alice().await;
    recorder.assert_no_requests();
    for text in [
        failure(|| recorder.only_request()),
        failure(|| recorder.last_request()),
        failure(|| recorder.assert_all_as(ALICE)),
    ] {
        assert!(text.ends_with("none arrived"), "{text}");
    }
}

#[tokio::test]
async fn an_assertion_on_a_request_names_what_was_expected_and_what_it_was() {
    let recorder = two_requests().await;
    let request = recorder.last_request();
    let found = format!("POST /rest/v1/notes as user {ALICE}");
    for (text, expected) in [
        (failure(|| request.assert_user(BOB).method()), BOB),
        (
            failure(|| request.assert_role("anon").method()),
            "role anon",
        ),
        (
            failure(|| request.assert_anonymous().method()),
            "without a token",
        ),
        (
            failure(|| request.assert_claim("role", "anon").method()),
            "the claim `role` to be \"anon\", and it was \"authenticated\"",
        ),
        (
            failure(|| request.assert_claim("tenant", json!(null)).method()),
            "the claim `tenant` to be null, and it was absent",
        ),
    ] {
        assert!(text.contains(expected) && text.contains(&found), "{text}");
    }
    assert!(failure(|| request.json::<Vec<u8>>()).contains("not JSON of this type"));
    assert!(failure(|| request.assert_user("alice").method()).contains("is not a UUID"));
}

#[tokio::test]
async fn requests_are_taken_once_and_found_by_path() {
    let recorder = two_requests().await;
    assert_eq!(recorder.requests_at("/rest/v1/notes").len(), 2);
    assert_eq!(recorder.requests_at("/rest/*").len(), 2);
    assert_eq!(recorder.requests_at("/rest/v1").len(), 0);
    assert_eq!(recorder.take_requests().len(), 2);
    recorder.assert_no_requests();
}
