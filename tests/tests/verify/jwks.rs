//! Key sets that the project publishes: they are fetched once, cached as long as the response allows, and
//! fetched again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scoped_runtime::CallerError;
use scoped_runtime::testing::Gate;
use serde_json::json;

use crate::verify::auth::{Auth, MINUTE, max_age};
use crate::verify::support::{Issuer, KEY, verify};

#[tokio::test]
async fn keys_are_fetched_once_without_a_token() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[&issuer]);
    for _ in 0..10 {
        auth.takes(&issuer).await.unwrap();
    }
    let requests = auth.server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("apikey"), Some(KEY));
    assert_eq!(requests[0].header("authorization"), None);
}

#[tokio::test]
async fn keys_are_cached_as_long_as_cache_control_allows() {
    for (directives, age, life) in [
        ("public, max-age=600", None, 600),
        ("max-age=120, must-revalidate", None, 120),
        ("max-age=600", Some("500"), 100),
        ("no-store", None, 600),
        ("max-age=0", None, 30),
        ("max-age=99999999", None, 3600),
        ("max-age=soon", None, 600),
    ] {
        let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
        let mut answer = max_age(&[&issuer], directives);
        if let Some(age) = age {
            answer = answer.header("age", age);
        }
        auth.answers(answer);
        auth.takes(&issuer).await.unwrap();
        auth.clock.pass(Duration::from_secs(life - 1));
        auth.takes(&issuer).await.unwrap();
        assert_eq!(auth.asked(), 1, "{directives}");
        auth.clock.pass(Duration::from_secs(1));
        auth.takes(&issuer).await.unwrap();
        assert_eq!(auth.asked(), 2, "{directives}");
    }
}

#[tokio::test]
async fn either_clock_can_make_the_cached_keys_expire() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[&issuer]);
    auth.takes(&issuer).await.unwrap();
    auth.clock.jump(11 * MINUTE);
    auth.takes(&issuer).await.unwrap();
    assert_eq!(auth.asked(), 2);

    auth.clock.jump_back(11 * MINUTE);
    auth.clock.pass(11 * MINUTE);
    auth.takes(&issuer).await.unwrap();
    assert_eq!(auth.asked(), 3);
}

#[tokio::test]
async fn an_unknown_kid_fetches_the_keys_at_most_once_in_30_s() {
    let auth = Auth::new().await;
    let [old, new, made_up] = ["old", "new", "made up"].map(Issuer::new);
    auth.lists(&[&old]);
    auth.takes(&old).await.unwrap();
    auth.clock.pass(MINUTE);

    // The keys were rotated: the first token with the new key causes a fetch.
    auth.lists(&[&old, &new]);
    auth.takes(&new).await.unwrap();
    assert_eq!(auth.asked(), 1);

    for _ in 0..50 {
        let error = auth.takes(&made_up).await.unwrap_err();
        assert!(matches!(error, CallerError::UnknownKey), "{error}");
    }
    assert_eq!(auth.asked(), 1);
    auth.clock.pass(MINUTE / 2);
    auth.takes(&made_up).await.unwrap_err();
    auth.takes(&made_up).await.unwrap_err();
    assert_eq!(auth.asked(), 2);
}

#[tokio::test]
async fn a_malformed_token_does_not_fetch_the_keys() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[&issuer]);
    let hs256 = json!({ "alg": "HS256", "kid": "x" });
    let hs256 = crate::verify::support::hmac_token(b"secret", &hs256, &auth.claims());
    for token in ["a.b.c", "", &hs256, &"x".repeat(9000)] {
        verify(&auth.verifier, token).await.unwrap_err();
    }
    assert_eq!(auth.asked(), 0);
}

#[tokio::test]
async fn sixty_four_concurrent_verifications_fetch_the_keys_once() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    let gate = Gate::new();
    let answer = max_age(&[&issuer], "max-age=600").after(&gate);
    auth.answers(answer);
    let token: Arc<str> = issuer.token(&auth.claims()).into();
    let good = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let (verifier, token, good) = (auth.verifier.clone(), token.clone(), good.clone());
        tasks.push(tokio::spawn(async move {
            verify(&verifier, &token).await.unwrap();
            good.fetch_add(1, Ordering::Relaxed);
        }));
    }
    auth.server.wait_for_requests(1).await;
    gate.open();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(good.load(Ordering::Relaxed), 64);
    assert_eq!(auth.asked(), 1);
}

#[tokio::test]
async fn a_key_fetch_survives_the_cancellation_of_its_first_caller() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    let gate = Gate::new();
    let answer = max_age(&[&issuer], "max-age=600").after(&gate);
    auth.answers(answer);
    let token = issuer.token(&auth.claims());
    let mut first = Box::pin(verify(&auth.verifier, &token));
    let begun = futures_util::poll!(&mut first);
    assert!(begun.is_pending());
    drop(first);
    gate.open();
    verify(&auth.verifier, &token).await.unwrap();
    assert_eq!(auth.asked(), 1);
}

#[tokio::test]
async fn while_the_keys_are_refreshed_other_callers_do_not_wait() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[&issuer]);
    auth.takes(&issuer).await.unwrap();
    auth.clock.pass(11 * MINUTE);
    let gate = Gate::new();
    let answer = max_age(&[&issuer], "max-age=600").after(&gate);
    auth.answers(answer);

    let token = issuer.token(&auth.claims());
    let mut first = Box::pin(verify(&auth.verifier, &token));
    assert!(futures_util::poll!(&mut first).is_pending());
    let mut second = Box::pin(verify(&auth.verifier, &token));
    let outcome = futures_util::poll!(&mut second);
    assert!(matches!(outcome, std::task::Poll::Ready(Ok(_))));
    gate.open();
    first.await.unwrap();
    assert_eq!(auth.asked(), 1);
}

#[tokio::test]
async fn a_revoked_key_is_refused_after_the_next_fetch() {
    let auth = Auth::new().await;
    let [revoked, kept] = ["revoked", "kept"].map(Issuer::new);
    auth.lists(&[&revoked, &kept]);
    auth.takes(&revoked).await.unwrap();
    auth.lists(&[&kept]);
    auth.clock.pass(10 * MINUTE);
    let error = auth.takes(&revoked).await.unwrap_err();
    assert!(matches!(error, CallerError::UnknownKey), "{error}");
    auth.takes(&kept).await.unwrap();
}

#[tokio::test]
async fn with_an_empty_key_set_the_key_of_a_token_is_unknown() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[]);
    let error = auth.takes(&issuer).await.unwrap_err();
    assert!(matches!(error, CallerError::UnknownKey), "{error}");
}
