//! Issuers other than the project's Auth, each with its own settings, and the errors for tokens of another
//! issuer.

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{TokenVerifier, VerifierOptions};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{ALICE, Issuer, KID, START, builder, claims, set, trusting, verify};

const OTHER: &str = "https://login.test/";

fn verifier(verification: VerifierOptions) -> TokenVerifier {
    let clock = ManualClock::at(START);
    builder(&clock)
        .verifier_options(verification)
        .verifier()
        .unwrap()
}

fn fields(verification: VerifierOptions) -> Vec<String> {
    let clock = ManualClock::at(START);
    let error = builder(&clock)
        .verifier_options(verification)
        .verifier()
        .unwrap_err();
    error
        .problems()
        .iter()
        .map(|it| it.field().to_owned())
        .collect()
}

#[tokio::test]
async fn keys_of_a_third_party_are_fetched_from_its_jwks_url_and_cached() {
    let (first, second) = (Issuer::new(KID), Issuer::new("another"));
    let server = Recorder::start().await.unwrap();
    let answer = Answer::new(200).body(set(&[&first]));
    server.at("/keys").answer(answer);
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new()
        .issuer(OTHER)
        .jwks_url(format!("{}/keys", server.url()));
    let verifier = builder(&clock)
        .verifier_options(verification)
        .verifier()
        .unwrap();
    let of = |issuer: &Issuer| issuer.token(&claims(&json!({ "iss": OTHER, "sub": "user_2abc" })));
    for _ in 0..3 {
        let caller = verify(&verifier, &of(&first)).await.unwrap();
        assert_eq!(caller.user_id().as_str(), "user_2abc");
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    // No credential of the project is sent to a third party.
    for name in ["apikey", "authorization"] {
        assert_eq!(requests[0].header(name), None, "{name}");
    }
    // The keys are rotated: an unknown `kid` causes a fetch.
    let answer = Answer::new(200).body(set(&[&first, &second]));
    server.at("/keys").answer(answer);
    clock.pass(std::time::Duration::from_secs(31));
    verify(&verifier, &of(&second)).await.unwrap();
    verify(&verifier, &of(&first)).await.unwrap();
}

#[tokio::test]
async fn each_exception_for_third_party_tokens_is_a_setting_of_its_own() {
    let issuer = Issuer::new(KID);
    let of = |header: Value, more: Value| {
        let mut all = issuer.header();
        for (name, value) in header.as_object().unwrap() {
            all[name] = value.clone();
        }
        let mut body = claims(&json!({ "iss": OTHER, "sub": "user_2abc" }));
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        issuer.sign(&all.to_string(), &body.to_string())
    };
    let plain = || VerifierOptions::new().issuer(OTHER).jwks(set(&[&issuer]));
    let print = "dGhlIHRodW1icHJpbnQgb2YgaXQ";
    for (name, verification, token) in [
        (
            "aud",
            plain().allow_missing_audience(),
            of(json!({}), json!({ "aud": null })),
        ),
        (
            "x5t",
            plain().allow_thumbprints(),
            of(json!({ "x5t": print, "x5t#S256": print }), json!({})),
        ),
        (
            "typ",
            plain().allow_at_jwt(),
            of(json!({ "typ": "at+jwt" }), json!({})),
        ),
        (
            "typ",
            plain().allow_at_jwt(),
            of(json!({ "typ": "application/at+JWT" }), json!({})),
        ),
    ] {
        verify(&verifier(verification), &token).await.expect(name);
        verify(&verifier(plain()), &token).await.unwrap_err();
    }
    // A claim or header that is present is still checked, and one setting does not imply another.
    let relaxed = plain()
        .allow_missing_audience()
        .allow_thumbprints()
        .allow_at_jwt();
    let relaxed = verifier(relaxed);
    for token in [
        of(json!({}), json!({ "aud": "other" })),
        of(json!({}), json!({ "aud": [] })),
        of(json!({}), json!({ "aud": 1 })),
        of(json!({ "x5c": [print] }), json!({})),
        of(json!({ "jku": OTHER }), json!({})),
        of(json!({ "typ": "logout+jwt" }), json!({})),
        of(json!({}), json!({ "iss": "https://other.test/" })),
        of(json!({}), json!({ "iss": null })),
    ] {
        verify(&relaxed, &token).await.unwrap_err();
    }
}

#[test]
fn third_party_settings_require_an_issuer() {
    assert_eq!(
        fields(VerifierOptions::new().allow_missing_audience()),
        ["allow_missing_audience"]
    );
    assert_eq!(
        fields(VerifierOptions::new().allow_thumbprints()),
        ["allow_thumbprints"]
    );
    assert_eq!(
        fields(VerifierOptions::new().allow_at_jwt()),
        ["allow_at_jwt"]
    );
    assert_eq!(
        fields(VerifierOptions::new().jwks_url("https://a.test/keys")),
        ["jwks_url"]
    );
    let issuer = Issuer::new(KID);
    let named = || VerifierOptions::new().issuer(OTHER);
    let both = named()
        .jwks(set(&[&issuer]))
        .jwks_url("https://a.test/keys");
    assert_eq!(fields(both), ["jwks_url"]);
    for url in [
        "",
        "keys",
        "ftp://a.test/keys",
        "https://user:password@a.test/keys",
        "https://a.test/#k",
    ] {
        let verification = named().jwks_url(url);
        let clock = ManualClock::at(START);
        let error = builder(&clock)
            .verifier_options(verification)
            .verifier()
            .unwrap_err();
        assert_eq!(error.field(), "jwks_url", "{url}");
        assert!(!error.to_string().contains("password@"), "{error}");
    }
}

/// The project's own Auth with another issuer URL: the keys and the users are those of the project.
#[tokio::test]
async fn another_issuer_url_of_the_project_still_requires_uuid_subjects() {
    let issuer = Issuer::new(KID);
    let keys = || VerifierOptions::new().jwks(set(&[&issuer]));
    let (clients, _) = trusting(&issuer);
    for name in [
        "http://localhost:8000/auth/v1",
        "https://custom.test/auth/v1",
    ] {
        let of = |sub: &str| issuer.token(&claims(&json!({ "iss": name, "sub": sub })));
        let named = verifier(keys().issuer(name));
        verify(&named, &of(ALICE)).await.expect(name);
        verify(&named, &of("alice")).await.unwrap_err();

        let error = verify(clients.verifier(), &of(ALICE))
            .await
            .unwrap_err()
            .to_string();
        for part in [
            name,
            "https://project.test/auth/v1",
            "VerifierOptions::issuer",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
    // An issuer without keys of its own uses those of the project, whatever its URL.
    let server = Recorder::start().await.unwrap();
    let answer = Answer::new(200).body(set(&[&issuer]));
    server.at("/auth/v1/.well-known/jwks.json").answer(answer);
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new().issuer("http://localhost:8000");
    let config = builder(&clock)
        .url(server.url())
        .verifier_options(verification);
    let named = config.verifier().unwrap();
    let of = |sub: &str| {
        issuer.token(&claims(
            &json!({ "iss": "http://localhost:8000", "sub": sub }),
        ))
    };
    verify(&named, &of(ALICE)).await.unwrap();
    verify(&named, &of("alice")).await.unwrap_err();
}

#[tokio::test]
async fn verification_errors_name_the_found_and_the_expected_value() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let body = |more: Value| issuer.token(&claims(&more));
    let header = json!({ "alg": "ES256", "typ": "JWT" }).to_string();
    let without_kid = issuer.sign(&header, &claims(&json!({})).to_string());
    let long = "x".repeat(3000);
    for (token, parts) in [
        (without_kid, vec!["`kid` is missing", "expected"]),
        (
            body(json!({ "aud": null })),
            vec!["`aud` is missing", "expected `authenticated`"],
        ),
        (
            body(json!({ "aud": "other" })),
            vec!["`aud` is `other`", "expected `authenticated`"],
        ),
        (
            body(json!({ "aud": ["a", "b"] })),
            vec!["`aud` is `a, b`", "expected `authenticated`"],
        ),
        (
            body(json!({ "aud": 1 })),
            vec!["`aud` is neither a text nor a list of texts"],
        ),
        (
            body(json!({ "iss": null })),
            vec!["`iss` is missing", "/auth/v1`"],
        ),
        (
            body(json!({ "iss": long })),
            vec!["`iss` is `xxx", "/auth/v1`"],
        ),
        (
            body(json!({ "iss": "a\n2026 INFO" })),
            vec!["`iss` is `a\\n2026"],
        ),
        (body(json!({ "sub": null })), vec!["`sub` is missing"]),
        (body(json!({ "role": null })), vec!["`role` is missing"]),
        (body(json!({ "exp": null })), vec!["`exp` is missing"]),
    ] {
        let error = verify(clients.verifier(), &token).await.unwrap_err();
        let (text, public) = (error.to_string(), error.public());
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.len() < 300 && !text.contains('\n'), "{text}");
        // The caller gets none of these details.
        assert_eq!(
            (public.status(), public.message()),
            (401, "the token is not valid")
        );
    }
}
