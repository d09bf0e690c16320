//! `health` determines the state of a project with one request.

use std::time::{Duration, SystemTime};

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error, Health, MintPolicy, Role, ScopedClients};
use scoped_tests::ManualClock;
use serde_json::json;

use crate::support::{START, bearer, config, server, verified};

fn answer(status: u16, code: &str) -> Answer {
    let body = json!({ "code": code, "message": "a message" });
    Answer::new(status).json(&body)
}

async fn health(answer: Answer) -> Health {
    let server = server(answer).await;
    let config = config(&server.url()).build().unwrap();
    let health = ScopedClients::new(config).unwrap().health().await;
    let request = server.requests().remove(0);
    let claims = verified(bearer(&request));
    assert_eq!(claims["sub"], "00000000-0000-0000-0000-000000000000");
    assert_eq!(claims["act"], json!({ "sub": "scoped-runtime" }));
    assert_eq!(claims["role"], "authenticated");
    health
}

#[tokio::test]
async fn health_tells_whether_the_api_accepts_a_token_of_the_project() {
    for (status, code, accepted, field) in [
        (404, "PGRST205", Some(true), None),
        (404, "42P01", Some(true), None),
        (401, "PGRST301", Some(false), Some("jwt_secret")),
        (401, "PGRST302", Some(false), Some("jwt_secret")),
        (401, "PGRST303", Some(true), Some("")),
        (503, "PGRST002", None, Some("")),
        (403, "42501", Some(true), Some("")),
        // These are not responses of PostgREST: the URL leads to something else, or the API is down.
        (404, "", None, Some("")),
        (504, "", None, Some("")),
        (401, "", None, Some("")),
    ] {
        let health = health(answer(status, code)).await;
        assert!(health.is_reachable(), "{status} {code}");
        assert_eq!(health.is_key_accepted(), accepted, "{status} {code}");
        assert_eq!(health.is_healthy(), field.is_none(), "{status} {code}");
        match (field, health.into_result()) {
            (Some(""), Err(Error::Api(error))) => assert_eq!(error.status(), status),
            (Some(field), Err(Error::Configuration(error))) => {
                assert_eq!(error.field(), field);
                assert!(error.reason().contains(code), "{error}");
            }
            (None, Ok(_)) => {}
            (_, outcome) => panic!("{status} {code}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn a_response_with_status_200_is_healthy_only_with_rows() {
    let rows = Answer::from(json!([]));
    assert_eq!(health(rows).await.is_key_accepted(), Some(true));
    let other = Answer::from(json!({"hello": "world"}));
    let health = health(other).await;
    assert!(health.is_reachable() && !health.is_healthy());
    assert_eq!(health.is_key_accepted(), None);
}

#[tokio::test]
async fn health_names_a_wrong_api_key() {
    let body = json!({ "message": "Invalid API key", "hint": "Double check your API key." });
    let health = health(Answer::new(401).json(&body)).await;
    assert_eq!(health.is_key_accepted(), None);
    let Err(Error::Configuration(error)) = health.into_result() else {
        panic!("expected a configuration error");
    };
    assert_eq!(error.field(), "api_key");
}

#[tokio::test]
async fn health_reports_the_clock_skew_of_the_server() {
    for (ahead, refusal) in [
        (0, None),
        (90, Some("JWT expired")),
        (-3600, Some("JWT not yet valid")),
        (20, None),
        (-3, None),
    ] {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(START.saturating_add_signed(ahead));
        let body = json!({ "code": "PGRST303", "message": refusal });
        let answer = match refusal {
            Some(_) => Answer::new(401).json(&body),
            None => answer(404, "PGRST205"),
        };
        let answer = answer.header("date", &httpdate::fmt_http_date(date));
        let server = server(answer).await;
        let config = config(&server.url()).clock(ManualClock::at(START)).build();
        let health = ScopedClients::new(config.unwrap()).unwrap().health().await;
        assert_eq!(health.clock_skew(), Some(ahead), "{health}");
        assert_eq!(
            health.took(),
            Duration::ZERO,
            "it is measured by the project's clock"
        );
        assert_eq!(health.is_healthy(), refusal.is_none());
        assert_eq!(health.is_key_accepted(), Some(true));
        let field = match health.problem() {
            Some(Error::Configuration(error)) => Some(error.field()),
            _ => None,
        };
        assert_eq!(field, refusal.map(|_| "clock"));
        assert!(
            health.to_string().contains(&format!("{ahead:+} s")),
            "{health}"
        );
    }
}

#[tokio::test]
async fn without_a_server_health_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let clients = ScopedClients::new(config(&url).build().unwrap()).unwrap();
    let health = clients.health().await;
    assert!(!health.is_reachable() && !health.is_healthy());
    assert_eq!(
        (health.is_key_accepted(), health.clock_skew()),
        (None, None)
    );
    let problem = health.problem().unwrap();
    assert!(
        matches!(problem, Error::Client(ClientError::Transport { .. })),
        "{problem:?}"
    );
}

#[tokio::test]
async fn a_url_that_leads_to_a_web_page_is_reachable_and_not_healthy() {
    let page = Answer::new(200)
        .header("content-type", "text/html")
        .body("<html>");
    let health = health(page).await;
    assert!(health.is_reachable() && !health.is_healthy());
    assert_eq!(health.is_key_accepted(), None);
}

#[tokio::test]
async fn health_obeys_the_mint_policy() {
    let policy = MintPolicy::new()
        .roles([Role::new("reporting").unwrap()])
        .max_lifetime(Duration::from_secs(30))
        .require_actor();
    let server = server(answer(404, "PGRST205")).await;
    let clients = |policy| {
        let config = config(&server.url()).mint_policy(policy).build();
        ScopedClients::new(config.unwrap()).unwrap()
    };
    assert!(clients(policy.clone()).health().await.is_healthy());
    let refusing = policy.refuse_subjects(|user| *user == "00000000000000000000000000000000");
    let health = clients(refusing).health().await;
    assert!(
        !health.is_healthy() && !health.is_reachable(),
        "no request was sent"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn blocking_clients_check_health_and_refuse_in_a_task() {
    let server = server(answer(404, "PGRST205")).await;
    let clients = ScopedClients::new(config(&server.url()).build().unwrap()).unwrap();
    let blocking = scoped_runtime::blocking::ScopedClients::from(clients);
    let here = blocking.health();
    assert!(matches!(
        here,
        Err(Error::Client(ClientError::InsideRuntime))
    ));
    let asked = tokio::task::spawn_blocking(move || blocking.health());
    assert!(asked.await.unwrap().unwrap().is_healthy());
}
