use scoped_runtime::testing::Recorder;
use scoped_runtime::{CallerError, ScopedClients};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::alice;
use crate::support::{ALICE, BOB};

#[tokio::test]
async fn a_request_is_kept_with_its_parts() {
    let (recorder, client) = alice().await;
    let insert = client.from("my notes").insert(json!({ "body": "a&b" }));
    insert
        .select("id,body")
        .header("x-a", "1")
        .execute()
        .await
        .unwrap();
    let request = recorder.only_request();
    assert_eq!(
        (request.method(), request.path()),
        ("POST", "/rest/v1/my%20notes")
    );
    assert_eq!(request.param("select"), Some("id,body"));
    assert_eq!(request.param("other"), None);
    assert_eq!(request.query_pairs().len(), 1);
    assert!(
        request.query().starts_with("select=id"),
        "{}",
        request.query()
    );
    assert_eq!(request.header("X-A"), Some("1"));
    assert_eq!(request.headers()["x-a"], "1");
    assert_eq!(request.json::<Value>(), json!({ "body": "a&b" }));
    assert_eq!(request.text(), r#"{"body":"a&b"}"#);
    assert_eq!(request.body(), br#"{"body":"a&b"}"#);
    assert!(request.is_complete());
}

#[tokio::test]
async fn the_user_role_and_claims_of_the_token_are_known() {
    let (recorder, _) = alice().await;
    let clients = ScopedClients::new(recorder.config()).unwrap();
    let client = clients.user(ALICE).role("reporting").claim("seats", 3);
    client
        .client()
        .unwrap()
        .from("notes")
        .execute()
        .await
        .unwrap();
    let request = recorder.only_request();
    assert_eq!(
        (request.user_id(), request.role()),
        (Some(ALICE), Some("reporting"))
    );
    assert_eq!(request.claims().unwrap()["seats"], 3);
    request
        .assert_user(ALICE)
        .assert_role("reporting")
        .assert_claim("seats", 3);
}

#[tokio::test]
async fn a_missing_and_a_forged_token_are_told_apart() {
    let (recorder, client) = alice().await;
    let other = Recorder::start().await.unwrap();
    let forger = ScopedClients::new(other.config_builder().url(recorder.url()).build().unwrap());
    forger
        .unwrap()
        .get(ALICE)
        .unwrap()
        .from("notes")
        .execute()
        .await
        .unwrap();
    let anonymous = ScopedClients::new(recorder.config())
        .unwrap()
        .anonymous()
        .unwrap();
    anonymous.from("notes").execute().await.unwrap();
    let token = client.token().unwrap();
    let bearer = format!("Bearer {}", token.expose_secret());
    let twice = reqwest::Client::new().get(recorder.url());
    let twice = twice
        .header("authorization", &bearer)
        .header("authorization", &bearer);
    twice.send().await.unwrap();
    let [of_another_key, missing, twice] = &*recorder.requests() else {
        panic!("three requests");
    };
    assert!(matches!(
        of_another_key.claims(),
        Err(CallerError::Signature)
    ));
    assert!(matches!(missing.claims(), Err(CallerError::Missing)));
    assert!(matches!(twice.claims(), Err(CallerError::Malformed { .. })));
    for request in [of_another_key, missing, twice] {
        assert_eq!((request.user_id(), request.role()), (None, None));
    }
    missing.assert_anonymous();
}

#[tokio::test]
async fn no_text_of_a_request_has_a_token_or_a_key_in_it() {
    let (recorder, client) = alice().await;
    let token = client.token().unwrap();
    let token = token.expose_secret();
    let insert = client.from("notes").insert(json!({ "stolen": token }));
    insert
        .param("stolen", token)
        .header("x-stolen", token)
        .execute()
        .await
        .unwrap();
    let request = recorder.only_request();
    let key = request.header("apikey").unwrap();
    let texts = [
        format!("{request} {request:?} {recorder:?}"),
        format!("{:?}", request.headers()),
    ];
    for text in texts {
        for part in token.split('.').chain([key]) {
            assert!(!text.contains(part), "`{part}` is in: {text}");
        }
    }
    assert!(request.to_string().contains(ALICE));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_kept_and_said_to_be_incomplete() {
    let (recorder, _) = alice().await;
    let address = recorder.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf";
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    recorder.wait_for_requests(1).await;
    let request = recorder.only_request();
    assert_eq!(request.text(), "half");
    assert!(!request.is_complete());
}

#[test]
fn a_blocking_start_serves_blocking_clients() {
    let recorder = Recorder::start_blocking().unwrap();
    let clients = scoped_runtime::blocking::ScopedClients::new(recorder.config()).unwrap();
    let rows: Vec<Value> = clients.get(BOB).unwrap().from("notes").fetch().unwrap();
    assert!(rows.is_empty());
    recorder.only_request().assert_user(BOB);
}

#[tokio::test]
async fn the_server_stops_when_the_last_clone_is_dropped() {
    let (recorder, client) = alice().await;
    let clone = recorder.clone();
    drop(recorder);
    client.from("notes").execute().await.unwrap();
    drop(clone);
    let error = client.from("notes").execute().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}
