//! Verification while the project does not publish its keys, or not in time.

use std::time::Duration;

use scoped_runtime::CallerError;
use scoped_runtime::testing::{Answer, Gate};
use serde_json::json;

use crate::verify::auth::{Auth, MINUTE, max_age};
use crate::verify::support::{Issuer, builder, verify};

#[tokio::test]
async fn cached_keys_are_used_for_an_hour_while_the_endpoint_is_down() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[&issuer]);
    auth.takes(&issuer).await.unwrap();
    auth.is_down();

    auth.clock.pass(11 * MINUTE);
    for _ in 0..10 {
        auth.takes(&issuer).await.unwrap();
    }
    assert_eq!(auth.asked(), 1, "asked once in half a minute");
    auth.clock.pass(MINUTE / 2);
    auth.takes(&issuer).await.unwrap();
    assert_eq!(auth.asked(), 2);

    auth.clock.pass(58 * MINUTE);
    auth.takes(&issuer).await.unwrap();
    auth.clock.pass(MINUTE);
    let error = auth.takes(&issuer).await.unwrap_err();
    assert!(
        matches!(error, CallerError::KeysUnavailable { .. }),
        "{error}"
    );

    // The endpoint works again.
    auth.lists(&[&issuer]);
    auth.clock.pass(Duration::from_secs(1));
    auth.takes(&issuer).await.unwrap();
}

#[tokio::test]
async fn without_cached_keys_a_failing_endpoint_is_keys_unavailable() {
    let issuer = Issuer::new("a");
    let oct = json!({ "keys": [{ "kty": "oct", "k": "A".repeat(64), "kid": "a" }] });
    for answer in [
        Answer::new(503),
        Answer::new(302).header("location", "https://elsewhere.test"),
        Answer::new(200).body("<html>"),
        Answer::from(oct),
    ] {
        let auth = Auth::new().await;
        auth.answers(answer);
        let error = auth.takes(&issuer).await.unwrap_err();
        assert!(
            matches!(error, CallerError::KeysUnavailable { .. }),
            "{error}"
        );
        assert!(scoped_runtime::Error::from(error).is_transient());
        // The keys are not fetched for every request, but again after a short time.
        auth.takes(&issuer).await.unwrap_err();
        assert_eq!(auth.asked(), 1);
        auth.lists(&[&issuer]);
        auth.clock.pass(Duration::from_secs(1));
        auth.takes(&issuer).await.unwrap();
    }
}

#[tokio::test]
async fn a_hanging_endpoint_times_out() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    let url = auth.server.url();
    let limit = Duration::from_millis(100);
    let verifier = builder(&auth.clock).url(url).request_timeout(limit);
    let verifier = verifier.verifier().unwrap();
    let answer = max_age(&[&issuer], "max-age=600").after(&Gate::new());
    auth.answers(answer);
    let token = issuer.token(&auth.claims());
    let passing = async {
        while auth.clock.sleepers(limit) == 0 {
            tokio::task::yield_now().await;
        }
        auth.clock.pass(limit);
    };
    let (outcome, ()) = tokio::join!(verify(&verifier, &token), passing);
    let error = outcome.unwrap_err();
    let CallerError::KeysUnavailable { source, .. } = error else {
        panic!("{error}");
    };
    assert!(source.to_string().contains("100ms"), "{source}");
}
