//! Verification while the project does not publish its keys, or not in time.

use std::time::Duration;

use scoped_runtime::CallerError;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::verify::auth::{Auth, MINUTE, max_age};
use crate::verify::support::{Issuer, builder, verify};

#[tokio::test]
async fn cached_keys_are_used_for_an_hour_while_the_endpoint_is_down() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    auth.lists(&[&issuer]).await;
    auth.takes(&issuer).await.unwrap();
    auth.is_down().await;

    auth.clock.pass(11 * MINUTE);
    for _ in 0..10 {
        auth.takes(&issuer).await.unwrap();
    }
    assert_eq!(auth.asked().await, 1, "asked once in half a minute");
    auth.clock.pass(MINUTE / 2);
    auth.takes(&issuer).await.unwrap();
    assert_eq!(auth.asked().await, 2);

    auth.clock.pass(58 * MINUTE);
    auth.takes(&issuer).await.unwrap();
    auth.clock.pass(MINUTE);
    let error = auth.takes(&issuer).await.unwrap_err();
    assert!(
        matches!(error, CallerError::KeysUnavailable { .. }),
        "{error}"
    );

    // The endpoint works again.
    auth.lists(&[&issuer]).await;
    auth.clock.pass(Duration::from_secs(1));
    auth.takes(&issuer).await.unwrap();
}

#[tokio::test]
async fn without_cached_keys_a_failing_endpoint_is_keys_unavailable() {
    let issuer = Issuer::new("a");
    let oct = json!({ "keys": [{ "kty": "oct", "k": "A".repeat(64), "kid": "a" }] });
    for answer in [
        ResponseTemplate::new(503),
        ResponseTemplate::new(302).insert_header("location", "https://elsewhere.test"),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_json(oct),
    ] {
        let auth = Auth::new().await;
        auth.answers(answer).await;
        let error = auth.takes(&issuer).await.unwrap_err();
        assert!(
            matches!(error, CallerError::KeysUnavailable { .. }),
            "{error}"
        );
        assert!(scoped_runtime::Error::from(error).is_transient());
        // The keys are not fetched for every request, but again after a short time.
        auth.takes(&issuer).await.unwrap_err();
        assert_eq!(auth.asked().await, 1);
        auth.lists(&[&issuer]).await;
        auth.clock.pass(Duration::from_secs(1));
        auth.takes(&issuer).await.unwrap();
    }
}

#[tokio::test]
async fn a_hanging_endpoint_times_out() {
    let (auth, issuer) = (Auth::new().await, Issuer::new("a"));
    let url = auth.server.uri();
    let limit = Duration::from_millis(100);
    let verifier = builder(&auth.clock).url(url).request_timeout(limit);
    let verifier = verifier.verifier().unwrap();
    let answer = max_age(&[&issuer], "max-age=600").set_delay(MINUTE);
    auth.answers(answer).await;
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
