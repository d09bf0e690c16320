//! Who gets in, and what the others are told.

use scoped_runtime::VerifierOptions;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::{ALICE, Issuer, KID, START, claims, hmac_token};
use crate::world::World;

const PATHS: [&str; 7] = [
    "/caller",
    "/optional",
    "/tenant",
    "/minted",
    "/forwarded",
    "/several",
    "/layer",
];

#[tokio::test]
async fn a_good_token_gets_in_everywhere() {
    let world = World::new().await;
    let token = world.token(&json!({ "organisation": "acme" }));
    let alice = json!({ "sub": ALICE });
    for (path, body) in [
        ("/caller", &alice),
        ("/optional", &alice),
        ("/tenant", &json!({ "organisation": "acme" })),
        ("/minted", &json!([])),
        ("/forwarded", &json!([])),
        ("/several", &alice),
        ("/layer", &alice),
    ] {
        let answer = world.ask_with(path, &token).await;
        assert_eq!((answer.status, &answer.body), (200, body), "{path}");
    }
}

#[tokio::test]
async fn a_bad_token_gets_in_nowhere_and_is_not_told_why() {
    let world = World::new().await;
    let stranger = Issuer::new(KID);
    let body = claims(&json!({}));
    let none = json!({ "alg": "none", "typ": "JWT" }).to_string();
    let unsigned = world.issuer.sign(&none, &body.to_string());
    let header = json!({ "alg": "HS256", "kid": KID });
    let public = world.issuer.jwk().to_string();
    for (name, token) in [
        ("wrong signature", stranger.token(&body)),
        ("wrong audience", world.token(&json!({ "aud": "other" }))),
        (
            "another project",
            world.token(&json!({ "iss": "https://other.test/auth/v1" })),
        ),
        ("alg none", unsigned),
        (
            "HMAC with the public key",
            hmac_token(public.as_bytes(), &header, &body),
        ),
        ("unknown kid", Issuer::new("unknown").token(&body)),
        (
            "service_role",
            world.token(&json!({ "role": "service_role" })),
        ),
        ("not yet valid", world.token(&json!({ "nbf": START + 600 }))),
        ("no token", "abc".to_owned()),
    ] {
        for path in PATHS {
            let answer = world.ask_with(path, &token).await;
            assert_eq!(answer.status, 401, "{name}: {path}");
            let told = json!({ "code": "PGRST301", "message": "the token is not valid",
                "details": null, "hint": null });
            assert_eq!(answer.body, told, "{name}: {path}");
            let challenge =
                r#"Bearer error="invalid_token", error_description="the token is not valid""#;
            assert_eq!(answer.challenge.as_deref(), Some(challenge));
        }
    }
    assert!(world.database.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_expired_token_is_told_so() {
    let world = World::new().await;
    let token = world.token(&json!({ "iat": START - 3600, "exp": START - 60 }));
    for path in PATHS {
        let answer = world.ask_with(path, &token).await;
        assert_eq!((answer.status, answer.code()), (401, "PGRST303"), "{path}");
        assert_eq!(answer.body["message"], "JWT expired");
        let challenge = r#"Bearer error="invalid_token", error_description="JWT expired""#;
        assert_eq!(answer.challenge.as_deref(), Some(challenge));
    }
}

#[tokio::test]
async fn without_a_header_only_the_optional_caller_is_content() {
    let world = World::new().await;
    for path in PATHS {
        let answer = world.ask(path, &[]).await;
        if path == "/optional" {
            assert_eq!((answer.status, answer.body), (200, json!({ "sub": null })));
        } else {
            assert_eq!((answer.status, answer.code()), (401, "PGRST302"), "{path}");
            assert_eq!(answer.challenge.as_deref(), Some("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_header_that_is_no_bearer_token_makes_nobody_a_guest() {
    let world = World::new().await;
    let token = world.token(&json!({ "organisation": "acme" }));
    let good = format!("Bearer {token}");
    for headers in [
        vec!["Basic YTpi"],
        vec!["Bearer"],
        vec![&*token],
        vec![&*good, &*good],
        vec![&*good, "Basic YTpi"],
    ] {
        for path in PATHS {
            let answer = world.ask(path, &headers).await;
            assert_eq!(answer.status, 401, "{headers:?}: {path}");
        }
    }
}

#[tokio::test]
async fn claims_that_a_handler_lacks_are_a_403_without_their_names() {
    let world = World::new().await;
    let token = world.token(&json!({}));
    let answer = world.ask_with("/tenant", &token).await;
    assert_eq!((answer.status, answer.code()), (403, "claims_mismatch"));
    assert!(
        !answer.body.to_string().contains("organisation"),
        "{answer:?}"
    );
    assert_eq!(world.ask_with("/caller", &token).await.status, 200);
}

#[tokio::test]
async fn a_middleware_can_require_more() {
    let world = World::new().await;
    let cases: [(&str, Value, u16, &str); 6] = [
        ("/strict", json!({ "aal": "aal2" }), 200, ""),
        ("/strict", json!({}), 403, "insufficient_aal"),
        (
            "/strict",
            json!({ "aal": "aal2", "is_anonymous": true }),
            403,
            "anonymous_user",
        ),
        ("/reporting", json!({ "role": "reporting" }), 200, ""),
        ("/reporting", json!({}), 403, "insufficient_role"),
        (
            "/reporting",
            json!({ "exp": START - 60, "iat": START - 61 }),
            401,
            "PGRST303",
        ),
    ];
    for (path, more, status, code) in cases {
        let answer = world.ask_with(path, &world.token(&more)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, code),
            "{path} {more}"
        );
    }
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_a_503_that_says_when_to_come_again() {
    let issuer = Issuer::new(KID);
    let world = World::with(issuer, VerifierOptions::new()).await;
    world.database_answers(ResponseTemplate::new(500)).await;
    for path in PATHS {
        let answer = world.ask_with(path, &world.token(&json!({}))).await;
        assert_eq!(
            (answer.status, answer.code()),
            (503, "keys_unavailable"),
            "{path}"
        );
        assert_eq!(answer.retry_after.as_deref(), Some("5"));
    }
}
