//! Which tokens the example services accept, on every route that needs a caller.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::project::{Project, Service, config, new_user, nowhere};
use crate::verify::support::{Issuer, KID, hmac_token};
use crate::web::world::Answer;

const INVALID: &str = r#"Bearer error="invalid_token", error_description="the token is not valid""#;
const EXPIRED: &str = r#"Bearer error="invalid_token", error_description="JWT expired""#;

/// Returns the responses of one service to this token on every route.
async fn everywhere(service: &Service, token: &str) -> Vec<Answer> {
    let note = json!({ "body": "of a user" });
    let support = format!("/support/{}/notes?ticket=1", new_user());
    let mut answers = Vec::new();
    for (method, path, body) in [
        (Method::GET, "/notes", &Value::Null),
        (Method::POST, "/notes", &note),
        (Method::PATCH, "/notes/1", &note),
        (Method::DELETE, "/notes/1", &Value::Null),
        (Method::GET, &support, &Value::Null),
    ] {
        answers.push(service.ask(method, path, token, body).await);
    }
    answers
}

#[tokio::test]
async fn a_valid_token_is_accepted_by_every_route() {
    let project = Project::new().await;
    let staff = json!({ "app_metadata": { "provider": "email", "team": "support" } });
    for service in &project.services {
        let token = project.token(&new_user(), &staff);
        let answers = everywhere(service, &token).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(
            statuses,
            [200, 201, 404, 404, 200],
            "{}: {answers:?}",
            service.name
        );
    }
}

#[tokio::test]
async fn an_invalid_token_is_refused_by_every_route_and_mints_nothing() {
    let project = Project::new().await;
    let (user, issuer) = (new_user(), &project.issuer);
    let good = project.claims(&user, &json!({}));
    let iat = good["iat"].as_u64().unwrap();
    let public = issuer.jwk().to_string();
    let none = json!({ "alg": "none", "typ": "JWT" }).to_string();
    let hs256 = json!({ "alg": "HS256", "kid": KID });
    let expired = json!({ "iat": iat - 3600, "exp": iat - 60 });
    let other = json!({ "iss": "https://other.supabase.co/auth/v1" });
    for (name, token, code, challenge) in [
        ("missing", String::new(), "PGRST302", "Bearer"),
        (
            "expired",
            project.token(&user, &expired),
            "PGRST303",
            EXPIRED,
        ),
        (
            "wrong signature",
            Issuer::new(KID).token(&good),
            "PGRST301",
            INVALID,
        ),
        (
            "wrong audience",
            project.token(&user, &json!({ "aud": "other" })),
            "PGRST301",
            INVALID,
        ),
        (
            "other project",
            project.token(&user, &other),
            "PGRST301",
            INVALID,
        ),
        (
            "alg none",
            issuer.sign(&none, &good.to_string()),
            "PGRST301",
            INVALID,
        ),
        (
            "HMAC with the public key",
            hmac_token(public.as_bytes(), &hs256, &good),
            "PGRST301",
            INVALID,
        ),
        (
            "unknown kid",
            Issuer::new("unknown").token(&good),
            "PGRST301",
            INVALID,
        ),
    ] {
        for service in &project.services {
            for answer in everywhere(service, &token).await {
                let place = format!("{}: {name}: {answer:?}", service.name);
                assert_eq!((answer.status, answer.code()), (401, code), "{place}");
                assert_eq!(answer.challenge.as_deref(), Some(challenge), "{place}");
                assert!(answer.is_json(), "{place}");
            }
        }
    }
    assert_eq!(project.journal.lines(), [""; 0]);
}

#[tokio::test]
async fn a_revoked_key_is_refused_once_the_keys_are_fetched_again() {
    let project = Project::new().await;
    let revoked = Issuer::new("revoked");
    let keys = [project.issuer.jwk(), revoked.jwk()];
    project.trust(&keys).await;
    let (alice, bob) = (new_user(), new_user());
    let (kept, gone) = (
        project.token(&alice, &json!({})),
        revoked.token(&project.claims(&bob, &json!({}))),
    );
    for service in &project.services {
        assert_eq!(service.get("/notes", &gone).await.status, 200);
    }
    project.trust(&keys[..1]).await;
    // The cache lifetime in the response is ten minutes. The wall clock is set back, so that the tokens
    // stay valid for the server.
    project.clock.pass(Duration::from_mins(10));
    project.clock.jump_back(Duration::from_mins(10));
    for service in &project.services {
        let answer = service.get("/notes", &gone).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, "PGRST301"),
            "{}",
            service.name
        );
        assert_eq!(answer.challenge.as_deref(), Some(INVALID));
        assert_eq!(service.get("/notes", &kept).await.status, 200);
    }
}

#[tokio::test]
async fn every_route_asks_an_anonymous_user_to_sign_up() {
    let project = Project::new().await;
    let token = project.token(&new_user(), &json!({ "is_anonymous": true }));
    for service in &project.services {
        for answer in everywhere(service, &token).await {
            assert_eq!((answer.status, answer.code()), (403, "anonymous_user"));
            assert_eq!(answer.challenge, None);
            assert_eq!(answer.body["hint"], "sign up, or link an identity");
        }
    }
    assert_eq!(project.journal.lines(), [""; 0]);
}

#[tokio::test]
async fn without_the_keys_every_route_answers_503_with_retry_after() {
    let config = config(&nowhere());
    let project = Project::start(config, Issuer::new(KID), None).await;
    let token = project.token(&new_user(), &json!({}));
    for service in &project.services {
        for answer in everywhere(service, &token).await {
            assert_eq!((answer.status, answer.code()), (503, "keys_unavailable"));
            assert_eq!(answer.retry_after.as_deref(), Some("5"));
        }
    }
}
