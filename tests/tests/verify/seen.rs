//! The verified cache remembers only that a signature is valid.

use std::time::Duration;

use scoped_runtime::{CallerError, Error};
use serde_json::json;

use crate::verify::support::{Issuer, KID, START, claims, trusting, verify};

#[tokio::test]
async fn a_cached_verification_still_checks_the_times_of_the_token() {
    let issuer = Issuer::new(KID);
    let (clients, clock) = trusting(&issuer);
    let token = issuer.token(&claims(&json!({ "exp": START + 60 })));
    for _ in 0..3 {
        verify(clients.verifier(), &token).await.unwrap();
    }
    clock.pass(Duration::from_secs(70));
    let error = verify(clients.verifier(), &token).await.unwrap_err();
    assert!(matches!(error, CallerError::Expired), "{error}");
    // The clock is set back, so the token was issued in the future.
    clock.jump_back(Duration::from_secs(170));
    let error = verify(clients.verifier(), &token).await.unwrap_err();
    assert!(matches!(error, CallerError::NotYetValid { .. }), "{error}");
}

#[tokio::test]
async fn a_cached_token_with_one_changed_byte_is_refused() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let token = issuer.token(&claims(&json!({})));
    verify(clients.verifier(), &token).await.unwrap();
    for place in 0..token.len() {
        let mut forged = token.clone().into_bytes();
        forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        verify(clients.verifier(), &forged).await.unwrap_err();
    }
}

#[tokio::test]
async fn the_verified_cache_is_not_shared_between_projects() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let (others, _) = trusting(&Issuer::new(KID));
    let token = issuer.token(&claims(&json!({})));
    verify(clients.verifier(), &token).await.unwrap();
    let error = verify(others.verifier(), &token).await.unwrap_err();
    assert!(matches!(error, CallerError::Signature), "{error}");
}

#[tokio::test]
async fn a_caller_cannot_be_used_with_another_project() {
    let issuer = Issuer::new(KID);
    // Both projects trust the same key.
    let ((clients, _), (other, _)) = (trusting(&issuer), trusting(&issuer));
    let token = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    for outcome in [caller.client(&other).client(), caller.forward_token(&other)] {
        let error = outcome.unwrap_err();
        let Error::Caller(CallerError::AnotherProject) = error else {
            panic!("{error}");
        };
    }
    caller.client(&clients).client().unwrap();
}
