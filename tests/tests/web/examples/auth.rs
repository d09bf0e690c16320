//! Sign-up and sign-in through the example services.

use scoped_runtime::testing::{Answer, Recorder};
use serde_json::{Value, json};

use super::project::{Project, new_user, nowhere};
use crate::verify::support::KEY;

fn user() -> Value {
    json!({ "email": format!("{}@example.com", new_user()), "password": "a long password" })
}

#[tokio::test]
async fn a_user_signs_up_and_in_and_has_notes() {
    let project = Project::new().await;
    for service in &project.services {
        let user = user();
        let session = service.post("/sign-up", "", &user).await;
        assert_eq!(session.status, 200, "{}: {session:?}", service.name);
        assert_eq!(service.post("/sign-up", "", &user).await.status / 100, 4);
        let mut wrong = user.clone();
        wrong["password"] = "a wrong password".into();
        assert_eq!(service.post("/sign-in", "", &wrong).await.status, 400);

        let session = service.post("/sign-in", "", &user).await.body;
        let token = session["access_token"].as_str().unwrap();
        let note = service
            .post("/notes", token, &json!({ "body": "mine" }))
            .await;
        assert_eq!(
            (note.status, &note.body["owner"]),
            (201, &session["user"]["id"])
        );
        assert_eq!(service.get("/notes", token).await.body, json!([note.body]));
    }
}

#[tokio::test]
async fn auth_gets_the_api_key_and_no_token() {
    let auth = Recorder::start().await.unwrap();
    let answer = Answer::new(422).json(&json!({ "msg": "weak password" }));
    auth.answer(answer);
    for service in &Project::at(&auth.url()).await.services {
        for path in ["/sign-up", "/sign-in"] {
            let answer = service.post(path, "a token of a stranger", &user()).await;
            assert_eq!(
                (answer.status, &answer.body["msg"]),
                (422, &json!("weak password"))
            );
        }
    }
    let requests = auth.requests();
    assert_eq!(requests.len(), 4);
    for request in requests {
        assert_eq!(request.header("apikey"), Some(KEY));
        assert_eq!(request.header("authorization"), None);
    }
}

#[tokio::test]
async fn while_auth_is_down_the_service_answers_503_with_retry_after() {
    for service in &Project::at(&nowhere()).await.services {
        for path in ["/sign-up", "/sign-in"] {
            let answer = service.post(path, "", &user()).await;
            assert_eq!(
                (answer.status, answer.code()),
                (503, "unavailable"),
                "{}",
                service.name
            );
            assert_eq!(answer.retry_after.as_deref(), Some("5"));
            assert!(answer.is_json());
        }
    }
}
