//! HS256 tokens are verified only with a secret of the project.

use scoped_runtime::{
    CallerError, Config, Problem, Rotation, ScopedClients, SigningKey, TokenVerifier,
    VerifierOptions,
};
use scoped_tests::ManualClock;
use serde_json::json;

use crate::verify::support::{
    ALICE, KEY, SECRET, START, URL, builder, claims, hmac_token, own_key, verify,
};

const OTHER: &str = "another-jwt-secret-that-is-long-enough-too";

fn by(secret: &str) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    hmac_token(secret.as_bytes(), &header, &claims(&json!({})))
}

async fn takes(verifier: &TokenVerifier, secret: &str) -> bool {
    verify(verifier, &by(secret)).await.is_ok()
}

fn project(secret: &str) -> ScopedClients {
    let config = builder(&ManualClock::at(START)).jwt_secret(secret);
    ScopedClients::new(config.build().unwrap()).unwrap()
}

#[tokio::test]
async fn the_jwt_secret_of_the_project_also_verifies() {
    let clients = project(SECRET);
    assert!(takes(clients.verifier(), SECRET).await);
    assert!(!takes(clients.verifier(), OTHER).await);
    let own = clients.get(ALICE).unwrap().token().unwrap();
    verify(clients.verifier(), own.expose_secret())
        .await
        .unwrap();
    // Hosted Auth gives the legacy secret a key ID as well.
    let header = json!({ "alg": "HS256", "kid": "uJw2XU5SvL", "typ": "JWT" });
    let named = hmac_token(SECRET.as_bytes(), &header, &claims(&json!({})));
    verify(clients.verifier(), &named).await.unwrap();
}

#[tokio::test]
async fn without_a_secret_hs256_tokens_are_refused() {
    let config = builder(&ManualClock::at(START)).signing_key(own_key());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let error = verify(clients.verifier(), &by(SECRET)).await.unwrap_err();
    assert!(matches!(error, CallerError::Algorithm), "{error}");
}

#[tokio::test]
async fn a_rotated_secret_still_verifies_but_not_after_a_rotation_at_once() {
    let clients = project(SECRET);
    clients.rotate(SigningKey::hs256(OTHER).unwrap());
    assert!(takes(clients.verifier(), SECRET).await);
    assert!(takes(clients.verifier(), OTHER).await);

    clients.rotate(Rotation::from(own_key()).at_once());
    assert!(!takes(clients.verifier(), SECRET).await);
    assert!(!takes(clients.verifier(), OTHER).await);
}

#[tokio::test]
async fn a_verifier_uses_the_secret_of_the_environment() {
    let with = |secret: Option<&'static str>| {
        let clock = ManualClock::at(START);
        let config = Config::builder()
            .clock(clock)
            .environment(move |name| match name {
                "SUPABASE_URL" => Some(URL.to_owned()),
                "SUPABASE_KEY" => Some(KEY.to_owned()),
                "SUPABASE_JWT_SECRET" => secret.map(str::to_owned),
                _ => None,
            });
        config.verifier().unwrap()
    };
    assert!(takes(&with(Some(SECRET)), SECRET).await);
    assert!(!takes(&with(None), SECRET).await);
}

#[test]
fn a_secret_that_is_too_short_is_refused() {
    let verification = VerifierOptions::new().hs256("short").jwks("{");
    let config = builder(&ManualClock::at(START)).verifier_options(verification);
    let error = config.verifier().unwrap_err();
    let fields: Vec<&str> = error.problems().iter().map(Problem::field).collect();
    assert_eq!(fields, ["jwks", "hs256"]);
    assert!(!error.to_string().contains("short"), "{error}");
}

/// The number of secrets is bounded, because each is tried for every token.
#[tokio::test]
async fn the_last_eight_rotated_secrets_verify() {
    let name = |number: usize| format!("secret-number-{number:04}-that-is-long-enough");
    let clients = project(SECRET);
    for number in 0..1000 {
        clients.rotate(SigningKey::hs256(name(number)).unwrap());
    }
    let verifier = clients.verifier();
    for (number, is_taken) in [(999, true), (992, true), (991, false), (0, false)] {
        assert_eq!(takes(verifier, &name(number)).await, is_taken, "{number}");
    }
    assert!(!takes(verifier, SECRET).await);
    // Rotating to the same secret again does not displace another one.
    for _ in 0..20 {
        clients.rotate(SigningKey::hs256(name(999)).unwrap());
    }
    assert!(takes(verifier, &name(992)).await);
    // A secret from the configuration is never displaced.
    let verification = VerifierOptions::new().hs256(OTHER);
    let config = builder(&ManualClock::at(START))
        .jwt_secret(SECRET)
        .verifier_options(verification);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    for number in 0..20 {
        clients.rotate(SigningKey::hs256(name(number)).unwrap());
    }
    assert!(takes(clients.verifier(), OTHER).await);
}
