//! The response of a service to an error of the database, and what it must not contain.

use scoped_runtime::testing::{Answer, Gate};

use serde_json::{Value, json};

use crate::verify::support::START;
use crate::web::world::World;

/// Texts of the database that no response may contain.
const SECRETS: [&str; 4] = [
    "secret_table",
    "secret_constraint",
    "secret_value",
    "secret_hint",
];

fn says(status: u16, code: &str, details: &str) -> Answer {
    let message = "new row violates row-level security policy for table secret_table";
    Answer::new(status).json(&json!({
        "code": code, "message": format!("{message} {}", SECRETS[1]),
        "details": details, "hint": "secret_hint",
    }))
}

#[tokio::test]
async fn database_errors_have_a_matching_status_and_leak_no_text() {
    let world = World::new().await;
    let token = world.token(&json!({}));
    let key = "Key (secret_value)=(secret_value) already exists.";
    for (answer, status, code) in [
        (says(403, "42501", key), 403, "42501"),
        (
            says(406, "PGRST116", "The result contains 0 rows"),
            404,
            "PGRST116",
        ),
        (
            says(406, "PGRST116", "The result contains 2 rows"),
            500,
            "internal",
        ),
        (says(409, "23505", key), 409, "23505"),
        (says(409, "23503", key), 409, "23503"),
        (says(400, "23514", key), 400, "23514"),
        (says(400, "23502", key), 400, "23502"),
        (says(400, "22P02", key), 400, "22000"),
        (says(416, "PGRST103", key), 416, "PGRST103"),
        (says(400, "P0001", key), 400, "P0001"),
        (says(402, "PT402", key), 402, "P0001"),
        (says(409, "40001", key), 503, "unavailable"),
        // Storage answers 400 for every error.
        (says(400, "NoSuchKey", key), 404, "not_found"),
        (says(400, "NoSuchBucket", key), 404, "not_found"),
        (says(400, "KeyAlreadyExists", key), 409, "already_exists"),
        (says(400, "AccessDenied", key), 403, "42501"),
        (
            Answer::new(400).json(&json!({
                "statusCode": "404", "error": "not_found", "message": "secret_table not found",
            })),
            404,
            "not_found",
        ),
        (says(400, "PGRST100", key), 500, "internal"),
        (says(404, "42P01", key), 500, "internal"),
        (says(401, "PGRST301", key), 500, "internal"),
        (says(500, "57014", key), 504, "timeout"),
        (says(503, "PGRST001", key), 503, "unavailable"),
        (says(429, "", key), 503, "unavailable"),
        (
            Answer::new(502).body("<html>secret_table"),
            503,
            "unavailable",
        ),
        (
            Answer::new(302).header("location", "https://secret_value.test"),
            500,
            "internal",
        ),
        (Answer::new(200).body("secret_value"), 500, "internal"),
        (Answer::new(200).after(&Gate::new()), 504, "timeout"),
    ] {
        world.database_answers(answer);
        let answer = world.ask_with("/row", &token).await;
        assert_eq!((answer.status, answer.code()), (status, code));
        let later = (status == 503).then_some("5");
        assert_eq!(answer.retry_after.as_deref(), later, "{code}");
        let body = answer.body.to_string();
        for secret in SECRETS {
            assert!(!body.contains(secret), "{body}");
        }
        let names: Vec<&String> = answer.body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["code", "details", "hint", "message"]);
    }
}

#[tokio::test]
async fn a_forwarded_token_past_its_end_is_a_401() {
    let world = World::new().await;
    // The token is within the leeway of the verifier and has expired for a client.
    let token = world.token(&json!({ "iat": START - 60, "exp": START - 5 }));
    let answer = world.ask_with("/forwarded", &token).await;
    assert_eq!((answer.status, answer.code()), (401, "PGRST303"));
    assert_eq!(world.ask_with("/minted", &token).await.status, 200);
    let sent = world.database.requests();
    assert_eq!(sent.len(), 2, "only the minted clients sent requests");
    let none: Vec<Value> = Vec::new();
    assert_eq!(world.ask_with("/minted", &token).await.body, json!(none));
}

#[tokio::test]
async fn an_optional_forwarded_client_acts_as_the_caller_or_as_anon() {
    let world = World::new().await;
    let token = world.token(&json!({}));
    assert_eq!(world.ask("/anyone", &[]).await.status, 200);
    assert_eq!(world.ask_with("/anyone", &token).await.status, 200);
    assert_eq!(
        world.ask_with("/anyone", "x").await.status,
        401,
        "an invalid token does not act as `anon`"
    );
    let sent = world.database.requests();
    let authorizations: Vec<_> = sent
        .iter()
        .map(|it| it.headers().get("authorization"))
        .collect();
    let [axum, actix, axum_caller, actix_caller] = &*authorizations else {
        panic!("one request of each service for each answer: {sent:?}");
    };
    assert_eq!(
        (axum, actix),
        (&None, &None),
        "the request has only the API key"
    );
    for caller in [axum_caller, actix_caller] {
        assert_eq!(caller.unwrap(), &format!("Bearer {token}"));
    }
}
