//! Many concurrent users of the example services.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::{HeaderMap, Uri};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::project::{Project, Service, new_user};
use crate::web::serve;

const USERS: usize = 100;
const AT_A_TIME: usize = 64;

/// A request of a user with the expected rows.
struct Question {
    path: String,
    token: String,
    notes: Value,
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_10_000_responses_has_the_rows_of_its_user_and_signs_at_most_once() {
    // The database has one note for each caller, because the local server would take minutes.
    let database = serve::axum(Router::new().fallback(one_note)).await;
    let project = Project::at(&database).await;
    let staff = json!({ "app_metadata": { "team": "support" } });
    let as_agent = project.token(&new_user(), &staff);
    let mut questions = Vec::new();
    for _ in 0..USERS {
        let user = new_user();
        let notes = json!([note(&user)]);
        questions.push(Question {
            path: "/notes".to_owned(),
            token: project.token(&user, &json!({})),
            notes: notes.clone(),
        });
        questions.push(Question {
            path: format!("/support/{user}/notes?ticket=1"),
            token: as_agent.clone(),
            notes,
        });
    }
    let questions = questions.into();
    for service in &project.services {
        every_user_asks(service, &questions, 10_000).await;
    }
    // The tokens of the callers were forwarded, and each token for support was signed once.
    assert_eq!(project.journal.lines().len(), USERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_users_see_only_their_own_rows_of_the_real_database() {
    let project = Project::new().await;
    let mut questions = Vec::new();
    for _ in 0..USERS {
        let user = new_user();
        let token = project.token(&user, &json!({}));
        let note = json!({ "body": format!("of {user}") });
        let note = project.services[0].post("/notes", &token, &note).await.body;
        assert_eq!(note["owner"], json!(user));
        questions.push(Question {
            path: "/notes".to_owned(),
            token,
            notes: json!([note]),
        });
    }
    let questions = questions.into();
    for service in &project.services {
        every_user_asks(service, &questions, 1_000).await;
    }
}

async fn one_note(uri: Uri, headers: HeaderMap) -> Json<Value> {
    assert_eq!(uri.path(), "/rest/v1/notes");
    let bearer = headers["authorization"].to_str().unwrap();
    let claims = URL_SAFE_NO_PAD.decode(bearer.split('.').nth(1).unwrap());
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    Json(json!([note(claims["sub"].as_str().unwrap())]))
}

fn note(owner: &str) -> Value {
    json!({ "id": 1, "owner": owner, "title": null, "body": format!("of {owner}") })
}

async fn every_user_asks(service: &Service, questions: &Arc<[Question]>, requests: usize) {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..AT_A_TIME {
        let (service, questions, next) =
            (service.clone(), Arc::clone(questions), Arc::clone(&next));
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= requests {
                    return;
                }
                let question = &questions[number % questions.len()];
                let answer = service.get(&question.path, &question.token).await;
                assert_eq!(
                    (answer.status, &answer.body),
                    (200, &question.notes),
                    "{}",
                    service.name
                );
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
}
