//! Keys are added and removed while the server runs.

use std::net::TcpStream;
use std::time::Duration;

use scoped_tests::generate_keys;
use serde_json::{Value, json};

use crate::support::{
    ALGORITHMS, gateway, gateway_with, legacy_token, public, send, server, status, token,
};

#[tokio::test]
async fn a_rotated_key_is_accepted_until_it_is_revoked() {
    let keys = generate_keys(&["ES256", "ES256"]).await.unwrap();
    let (old, new) = (
        token(&keys[0], json!({}), json!({})).await,
        token(&keys[1], json!({}), json!({})).await,
    );
    let gateway = gateway().await;
    for (trusted, expected) in [
        (&keys[..1], (200, 401)),
        (&keys[..], (200, 200)),
        (&keys[1..], (401, 200)),
        (&keys[..0], (401, 401)),
        (&keys[..1], (200, 401)),
    ] {
        gateway.trust(&public(trusted)).await.unwrap();
        assert_eq!(
            (status(&gateway, &old).await, status(&gateway, &new).await),
            expected
        );
    }
}

#[tokio::test]
async fn the_legacy_secret_can_be_dropped_while_other_keys_stay() {
    let keys = generate_keys(&["EdDSA"]).await.unwrap();
    let gateway = gateway().await;
    gateway.trust(&public(&keys)).await.unwrap();
    let legacy = legacy_token(gateway.jwt_secret(), json!({})).await;
    let current = token(&keys[0], json!({}), json!({})).await;
    for (trusted, expected) in [(true, 200), (false, 401), (true, 200)] {
        gateway.legacy_secret(trusted).await.unwrap();
        assert_eq!(status(&gateway, &legacy).await, expected);
        assert_eq!(status(&gateway, &current).await, 200);
    }
}

#[tokio::test]
async fn no_request_fails_while_keys_are_rotated() {
    let (gateway, keys) = gateway_with(&["ES256", "ES256", "RS256"]).await;
    let steady = token(&keys[0], json!({}), json!({})).await;
    let rotate = async {
        for round in 0..20 {
            let other = &keys[1 + round % 2];
            gateway
                .trust(&public(&[other.clone(), keys[0].clone()]))
                .await
                .unwrap();
        }
    };
    let work = async {
        for _ in 0..40 {
            assert_eq!(status(&gateway, &steady).await, 200);
        }
    };
    tokio::join!(rotate, work);
}

#[tokio::test]
async fn a_key_that_cannot_verify_is_an_error_and_changes_nothing() {
    let (gateway, keys) = gateway_with(&["ES256"]).await;
    let good = token(&keys[0], json!({}), json!({})).await;
    for bad in [
        json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA" }),
        json!({ "kty": "oct", "alg": "ES256", "k": "AAAA" }),
        json!({ "kty": "unknown" }),
        json!("text"),
        Value::Null,
    ] {
        let error = gateway.trust(&[bad]).await.unwrap_err();
        assert_eq!(error.step(), "gateway");
        assert_eq!(status(&gateway, &good).await, 200);
    }
}

#[tokio::test]
async fn only_public_keys_are_published() {
    let (gateway, keys) = gateway_with(&ALGORITHMS).await;
    // Private keys are accepted as well, and only their public members are used.
    let private: Vec<_> = keys.iter().map(|key| key.private.clone()).collect();
    let url = format!("{}/auth/v1/.well-known/jwks.json", gateway.url());
    for given in [public(&keys), private] {
        gateway.trust(&given).await.unwrap();
        let answer = reqwest::get(&url).await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "public, max-age=600");
        let text = answer.text().await.unwrap();
        let published: Value = serde_json::from_str(&text).unwrap();
        let published = published["keys"].as_array().unwrap();
        assert_eq!(published.len(), 3);
        for (key, published) in keys.iter().zip(published) {
            for (name, value) in key.public.as_object().unwrap() {
                assert_eq!(&published[name], value, "{name}");
            }
            assert_eq!(published["key_ops"], json!(["verify"]));
            for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert_eq!(published.get(secret), None, "{secret}");
            }
        }
        assert!(!text.contains(keys[3].public["kid"].as_str().unwrap()));
        assert_eq!(
            status(&gateway, &token(&keys[0], json!({}), json!({})).await).await,
            200
        );
    }
    gateway.trust(&[]).await.unwrap();
    let none = send(url, &[], None).await;
    assert_eq!((none.status, none.body), (200, json!({ "keys": [] })));
}

#[tokio::test]
async fn a_dropped_gateway_stops_and_its_server_does_not() {
    let gateway = gateway().await;
    let address = gateway.url().trim_start_matches("http://").to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(gateway);
    assert!(TcpStream::connect(&address).is_err());

    let server = server().await;
    let secret = [("apikey", server.secret_key())];
    let notes = format!("{}/rest/v1/notes", server.url());
    assert_eq!(send(notes, &secret, None).await.status, 200);
}

#[tokio::test]
async fn a_gateway_ends_with_its_server() {
    let own = scoped_tests::project().await.unwrap();
    own.trust(&[]).await.unwrap();
    own.legacy_secret(false).await.unwrap();
    let gateway = own.gateway().await.unwrap();
    drop(own);
    let error = gateway.trust(&[]).await.unwrap_err();
    assert_eq!(error.to_string(), "gateway: its server has been dropped");
    let address = gateway.url().trim_start_matches("http://").parse().unwrap();
    assert!(TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err());
}
