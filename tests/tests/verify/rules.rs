//! The rules for tokens, and the content of a verified caller.

use std::time::{Duration, SystemTime};

use scoped_runtime::{
    Aal, Algorithm, CallerError, NoClaims, ScopedClaims, VerifierOptions, scoped_claims,
};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{ALICE, Issuer, KID, START, builder, claims, set, trusting, verify};

const SECOND: Duration = Duration::from_secs(1);

#[scoped_claims]
#[derive(Debug)]
struct Member {
    #[claim(non_empty)]
    organisation: String,
    #[claim(under = "app_metadata", one_of("free", "pro"))]
    plan: String,
    seats: Option<u32>,
}

#[tokio::test]
async fn a_caller_has_the_identity_of_the_verified_token() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let header = format!(
        "Bearer {}",
        issuer.token(&claims(&json!({ "aal": "aal2" })))
    );
    let caller = clients.authenticate::<NoClaims>(&header).await.unwrap();
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);

    assert_eq!(caller.user_id().as_str(), ALICE);
    assert_eq!(caller.role().as_str(), "authenticated");
    assert_eq!(caller.aal(), Aal::Aal2);
    assert_eq!(
        caller.session_id(),
        Some("11111111-2222-4333-8444-555555555555")
    );
    assert!(!caller.is_anonymous());
    assert!(caller.actor().is_none());
    assert_eq!(caller.issued_at(), at(START));
    assert_eq!(caller.expires_at(), at(START + 3600));
}

#[tokio::test]
async fn the_scheme_is_bearer_in_any_case_and_nothing_else() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let token = issuer.token(&claims(&json!({})));
    for scheme in ["Bearer ", "bearer ", "BEARER ", "Bearer   "] {
        let header = format!("{scheme}{token}");
        let caller = clients.authenticate::<NoClaims>(&header).await;
        caller.expect(scheme);
    }
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        &token,
        &format!("Bearer{token}"),
    ] {
        let error = clients.authenticate::<NoClaims>(header).await.unwrap_err();
        assert!(matches!(error, CallerError::Missing), "{error}");
    }
}

#[tokio::test]
async fn times_have_ten_seconds_of_leeway() {
    let issuer = Issuer::new(KID);
    let (clients, clock) = trusting(&issuer);
    let verifier = clients.verifier();
    let token = issuer.token(&claims(&json!({ "exp": START + 60 })));
    clock.pass(69 * SECOND);
    verify(verifier, &token).await.unwrap();
    clock.pass(SECOND);
    let error = verify(verifier, &token).await.unwrap_err();
    assert!(matches!(error, CallerError::Expired), "{error}");

    let now = START + 70;
    for name in ["iat", "nbf"] {
        let at = |time: u64| issuer.token(&claims(&json!({ name: time })));
        verify(verifier, &at(now + 10)).await.expect(name);
        let error = verify(verifier, &at(now + 11)).await.unwrap_err();
        let CallerError::NotYetValid { name: found, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(found, name);
    }
}

#[tokio::test]
async fn the_leeway_can_be_zero() {
    let issuer = Issuer::new(KID);
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new()
        .jwks(set(&[&issuer]))
        .leeway(Duration::ZERO);
    let verifier = builder(&clock)
        .verifier_options(verification)
        .verifier()
        .unwrap();
    let token = issuer.token(&claims(&json!({ "exp": START + 60 })));
    clock.pass(59 * SECOND);
    verify(&verifier, &token).await.unwrap();
    clock.pass(SECOND);
    verify(&verifier, &token).await.unwrap_err();
}

#[tokio::test]
async fn claims_that_auth_may_omit_are_optional() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let less = json!({ "aal": null, "session_id": null, "is_anonymous": null, "amr": null,
        "aud": ["other", "authenticated"], "nbf": START });
    let token = issuer.token(&claims(&less));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    assert_eq!(caller.aal(), Aal::Aal1);
    assert_eq!(caller.session_id(), None);
    assert!(!caller.is_anonymous());
}

#[tokio::test]
async fn verifier_options_set_audience_issuer_and_algorithms() {
    let issuer = Issuer::new(KID);
    let clock = ManualClock::at(START);
    let with = |verification: VerifierOptions| {
        let verification = verification.jwks(set(&[&issuer]));
        builder(&clock)
            .verifier_options(verification)
            .verifier()
            .unwrap()
    };
    let audience = with(VerifierOptions::new().audience("service"));
    let token = |more: Value| issuer.token(&claims(&more));
    verify(&audience, &token(json!({ "aud": "service" })))
        .await
        .unwrap();
    verify(&audience, &token(json!({}))).await.unwrap_err();

    // The users of another issuer need not have UUIDs.
    let other = with(VerifierOptions::new().issuer("https://login.test/"));
    let claims = json!({ "iss": "https://login.test/", "sub": "user_2abc" });
    let caller = verify(&other, &token(claims)).await.unwrap();
    assert_eq!(caller.user_id().as_str(), "user_2abc");
    verify(&other, &token(json!({}))).await.unwrap_err();

    let pinned = with(VerifierOptions::new().algorithms([Algorithm::EdDsa]));
    let error = verify(&pinned, &token(json!({}))).await.unwrap_err();
    assert!(matches!(error, CallerError::Algorithm), "{error}");
}

#[tokio::test]
async fn claims_are_read_into_the_requested_struct() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let more = json!({ "organisation": "acme", "app_metadata": { "plan": "pro" }, "seats": 3 });
    let token = issuer.token(&claims(&more));
    let caller = clients.verifier().verify::<Member>(&token).await.unwrap();
    let Member {
        organisation,
        plan,
        seats,
    } = caller.claims();
    assert_eq!((&**organisation, &**plan, *seats), ("acme", "pro", Some(3)));
    let without = caller.with_claims::<NoClaims>().unwrap();
    assert_eq!(without.user_id(), caller.user_id());
    assert_eq!(Member::CLAIMS.len(), 3);
}

#[tokio::test]
async fn a_claims_mismatch_names_the_claims_and_shows_no_value() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    for (more, expected) in [
        (
            json!({}),
            vec![
                "`organisation` is missing",
                "`app_metadata.plan` is missing",
            ],
        ),
        (
            json!({ "organisation": 4711, "app_metadata": { "plan": "secret-plan" } }),
            vec!["`organisation` has the wrong type"],
        ),
        (
            json!({ "organisation": "", "app_metadata": { "plan": "secret-plan" } }),
            vec![
                "`organisation` is empty",
                "`app_metadata.plan` is not one of",
            ],
        ),
        (
            json!({ "organisation": "a", "app_metadata": { "plan": "pro" }, "seats": -4711 }),
            vec!["cannot be read as the struct"],
        ),
    ] {
        let token = issuer.token(&claims(&more));
        let error = clients
            .verifier()
            .verify::<Member>(&token)
            .await
            .unwrap_err();
        let CallerError::ClaimsMismatch { .. } = &error else {
            panic!("{error}");
        };
        let shown = format!("{error} {error:?}");
        for text in expected {
            assert!(shown.contains(text), "{shown}");
        }
        for value in ["4711", "secret-plan", ALICE] {
            assert!(!shown.contains(value), "{shown}");
        }
        // The same token is accepted without the struct.
        verify(clients.verifier(), &token).await.unwrap();
    }
}

#[tokio::test]
async fn a_caller_can_be_required_to_have_aal2_a_role_or_a_permanent_account() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let of = async |more: Value| {
        let token = issuer.token(&claims(&more));
        verify(clients.verifier(), &token).await.unwrap()
    };
    let plain = of(json!({})).await;
    let strong = of(json!({ "aal": "aal2", "role": "reporting" })).await;
    let strongest = of(json!({ "aal": "aal3" })).await;
    let anonymous = of(json!({ "is_anonymous": true })).await;

    strong
        .require_aal2()
        .and_then(|it| it.require_role("reporting"))
        .and_then(|it| it.require_permanent())
        .unwrap();
    strongest.require_aal2().unwrap();
    let error = plain.require_aal2().unwrap_err();
    assert!(matches!(error, CallerError::InsufficientAal), "{error}");
    let error = plain.require_role("reporting").unwrap_err();
    assert!(
        matches!(error, CallerError::InsufficientRole { .. }),
        "{error}"
    );
    let error = anonymous.require_permanent().unwrap_err();
    assert!(matches!(error, CallerError::Anonymous), "{error}");
}

#[tokio::test]
async fn debug_of_caller_and_verifier_shows_neither_token_nor_claims() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let token = issuer.token(&claims(&json!({ "organisation": "a-tenant" })));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    let shown = format!("{caller:?} {:?} {clients:?}", clients.verifier());
    let signature = token.rsplit('.').next().unwrap();
    for part in [&token, signature, "a-tenant", "alice@example.com"] {
        assert!(!shown.contains(part), "{shown}");
    }
}
