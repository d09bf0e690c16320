use scoped_runtime::testing::{Answer, Gate, Recorder};
use scoped_runtime::{ClientError, Error};
use serde_json::{Value, json};

use super::alice;

/// Asks without a client and returns the status and the body.
async fn get(recorder: &Recorder, path: &str) -> (u16, String) {
    let answer = reqwest::get(recorder.url() + path).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn without_instructions_every_request_finds_no_rows() {
    let (recorder, client) = alice().await;
    let rows: Vec<Value> = client.from("notes").fetch().await.unwrap();
    assert!(rows.is_empty());
    assert_eq!(get(&recorder, "/anything").await, (200, "[]".to_owned()));
}

#[tokio::test]
async fn answers_come_in_turn_and_the_last_one_is_repeated() {
    let (recorder, _) = alice().await;
    recorder.answers([Answer::new(201), Answer::new(202)]);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(&recorder, "/").await.0);
    }
    assert_eq!(statuses, [201, 202, 202, 202]);
    recorder.answer(Answer::new(204));
    assert_eq!(
        get(&recorder, "/").await.0,
        204,
        "the new answer replaces the others"
    );
}

#[tokio::test]
async fn the_longest_path_decides_and_a_method_before_none() {
    let (recorder, _) = alice().await;
    recorder.at("/a").method("GET").answer(Answer::new(205));
    recorder.at("/a").answer(Answer::new(204));
    recorder.at("/a*").answer(Answer::new(203));
    recorder.at("/a/b*").answer(Answer::new(202));
    recorder.answer(Answer::new(201));
    for (path, status) in [
        ("/a", 205),
        ("/a?b=c", 205),
        ("/a/", 203),
        ("/a/b", 202),
        ("/a/b/c", 202),
        ("/b", 201),
    ] {
        assert_eq!(get(&recorder, path).await.0, status, "{path}");
    }
    let posted = reqwest::Client::new().post(recorder.url() + "/a").send();
    assert_eq!(posted.await.unwrap().status(), 204);
}

#[tokio::test]
async fn a_function_answers_by_the_request() {
    let (recorder, client) = alice().await;
    recorder.answer_with(|request| {
        let rows = json!([{ "user": request.user_id(), "path": request.path() }]);
        Answer::from(rows).header("x-a", "1").header("x-a", "2")
    });
    let rows: Vec<Value> = client.from("notes").fetch().await.unwrap();
    assert_eq!(rows[0]["user"], client.user_id().as_str());
    let answer = reqwest::get(recorder.url() + "/x").await.unwrap();
    assert_eq!(answer.headers().get_all("x-a").iter().count(), 2);
    let rows: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(rows, json!([{ "user": null, "path": "/x" }]));
}

#[tokio::test]
async fn an_expired_token_is_replaced_by_the_client() {
    let (recorder, client) = alice().await;
    recorder.answers([Answer::expired_token(), Answer::from(json!([{ "id": 1 }]))]);
    let rows: Vec<Value> = client.from("notes").fetch().await.unwrap();
    assert_eq!(rows.len(), 1);
    let [first, second] = &*recorder.requests() else {
        panic!("two requests");
    };
    assert_ne!(
        first.claims().unwrap()["jti"],
        second.claims().unwrap()["jti"]
    );
    recorder.assert_all_as(client.user_id());
}

#[tokio::test]
async fn an_error_reads_as_one_of_postgrest() {
    let (recorder, client) = alice().await;
    recorder.answer(Answer::error(
        403,
        "42501",
        "permission denied for table notes",
    ));
    let Err(Error::Api(error)) = client.from("notes").execute().await else {
        panic!("an error of the API");
    };
    assert_eq!((error.status(), error.code()), (403, Some("42501")));
    let head = client.from("notes").count().await.unwrap_err();
    assert!(
        head.to_string().contains("42501"),
        "the code is in a header too: {head}"
    );
}

#[tokio::test]
async fn a_gate_holds_an_answer_until_it_is_opened() {
    let (recorder, client) = alice().await;
    let gate = Gate::new();
    recorder.answer(Answer::from(json!([])).after(&gate));
    let read = tokio::spawn(async move { client.from("notes").execute().await });
    recorder.wait_for_requests(1).await;
    assert_eq!(
        recorder.requests().len(),
        1,
        "it is kept before it is answered"
    );
    assert!(!read.is_finished());
    gate.open();
    read.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_body_comes_in_parts_and_waits_between_them() {
    let (recorder, _) = alice().await;
    let gate = Gate::new();
    let parts = Answer::new(200).body("one ").chunks(["two ", ""]);
    recorder.answer(parts.hold(&gate).chunks(["three"]));
    let mut answer = reqwest::get(recorder.url()).await.unwrap();
    assert_eq!(answer.content_length(), None);
    let mut text = Vec::new();
    while text.len() < 8 {
        text.extend(answer.chunk().await.unwrap().unwrap());
    }
    assert_eq!(text, b"one two ", "the rest is held");
    gate.open();
    text.extend(answer.bytes().await.unwrap());
    assert_eq!(text, b"one two three");
}

#[tokio::test]
async fn a_connection_is_closed_before_an_answer_or_within_its_body() {
    let (recorder, client) = alice().await;
    recorder.answer(Answer::disconnect());
    let lost = client.from("notes").insert(json!({})).execute().await;
    assert!(
        matches!(lost, Err(Error::Client(ClientError::Transport { .. }))),
        "{lost:?}"
    );
    assert_eq!(recorder.take_requests().len(), 1);
    recorder.answer(Answer::new(200).chunks(["[", "1"]).cut());
    let mut answer = reqwest::get(recorder.url()).await.unwrap();
    let mut text = Vec::new();
    let end = loop {
        match answer.chunk().await {
            Ok(Some(part)) => text.extend(part),
            end => break end,
        }
    };
    assert!(end.is_err(), "the body ends too early");
    assert_eq!(text, b"[1", "the parts before the cut are sent");
}

#[tokio::test]
async fn http2_with_prior_knowledge_is_answered_too() {
    let (recorder, _) = alice().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build();
    let answer = client.unwrap().get(recorder.url() + "/a?b=c").send();
    let answer = answer.await.unwrap();
    assert_eq!(answer.version(), http::Version::HTTP_2);
    assert_eq!(recorder.only_request().param("b"), Some("c"));
}
