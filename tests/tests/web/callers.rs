//! Which tokens a service accepts, and which response the others get.

use scoped_runtime::VerifierOptions;
use scoped_runtime::testing::Answer;
use serde_json::{Value, json};

use crate::verify::support::{ALICE, Issuer, KID, START, claims, hmac_token};
use crate::web::world::World;

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
async fn a_valid_token_is_accepted_by_every_extractor() {
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
async fn an_invalid_token_is_refused_without_the_reason() {
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
    assert!(world.database.requests().is_empty());
}

#[tokio::test]
async fn an_expired_token_is_refused_with_jwt_expired() {
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
async fn without_a_header_only_the_optional_extractor_accepts() {
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
async fn a_malformed_header_is_refused_also_by_the_optional_extractor() {
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
async fn missing_claims_are_a_403_that_does_not_name_them() {
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
async fn require_caller_can_require_aal2_a_role_or_a_permanent_account() {
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
async fn without_the_keys_requests_get_a_503_with_retry_after() {
    let issuer = Issuer::new(KID);
    let world = World::with(issuer, VerifierOptions::new()).await;
    world.database_answers(Answer::new(500));
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
