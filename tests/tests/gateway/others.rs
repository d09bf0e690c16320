//! The services beside the Data API.

use serde_json::{Value, json};

use crate::support::{gateway, gateway_with, new_user, now, rest, send, server, status, token};

#[tokio::test]
async fn a_session_of_auth_is_accepted_by_the_data_api() {
    let (gateway, keys) = gateway_with(&["ES256"]).await;
    gateway.sign_sessions(&keys[0].private).await.unwrap();
    let apikey = [("apikey", gateway.api_key())];
    let person =
        json!({ "email": format!("{}@example.com", new_user()), "password": "correct horse" });
    let signed_up = send(
        format!("{}/auth/v1/signup", gateway.url()),
        &apikey,
        Some(person),
    )
    .await;
    let session = signed_up.body["access_token"].as_str().expect("a session");
    let seen = rest(&gateway, session, "rpc/whoami").await;
    assert_eq!(
        (seen.status, &seen.body["sub"]),
        (200, &signed_up.body["user"]["id"])
    );
    // The claims have the same names as those of Supabase's Auth, which has more of them than Lite.
    assert_eq!(seen.body["iss"], format!("{}/auth/v1", gateway.url()));
    assert_eq!(seen.body["aal"], "aal1");
}

#[tokio::test]
async fn a_session_of_the_legacy_secret_is_refused_once_the_secret_is_dropped() {
    let gateway = gateway().await;
    let apikey = [("apikey", gateway.api_key())];
    let person =
        json!({ "email": format!("{}@example.com", new_user()), "password": "correct horse" });
    let url = format!("{}/auth/v1/signup", gateway.url());
    let signed_up = send(url, &apikey, Some(person)).await;
    let session = signed_up.body["access_token"].as_str().expect("a session");
    assert_eq!(status(&gateway, session).await, 200);
    gateway.legacy_secret(false).await.unwrap();
    assert_eq!(status(&gateway, session).await, 401);
}

#[tokio::test]
async fn auth_verifies_tokens_with_the_keys_of_the_project() {
    let (gateway, keys) = gateway_with(&["ES256"]).await;
    let user = new_user();
    let sql = format!("insert into auth.users (id, email) values ('{user}', '{user}@example.com')");
    server().await.sql(&sql).await.unwrap();
    let get = async |token: String| {
        let bearer = format!("Bearer {token}");
        let headers = [("apikey", gateway.api_key()), ("authorization", &*bearer)];
        send(format!("{}/auth/v1/user", gateway.url()), &headers, None).await
    };
    let known = get(token(&keys[0], json!({}), json!({ "sub": user })).await).await;
    assert_eq!((known.status, &known.body["id"]), (200, &json!(user)));
    let expired = json!({ "sub": user, "exp": now() - 5 });
    let expired = get(token(&keys[0], json!({}), expired).await).await;
    assert_eq!(
        (expired.status, &expired.body["error_code"]),
        (403, &json!("bad_jwt"))
    );
    // Auth has error messages of its own; those of PostgREST are for the Data API.
    let foreign = get(token(&keys[0], json!({ "kid": "x" }), json!({ "sub": user })).await).await;
    assert_eq!(
        (foreign.status, &foreign.body["error_code"]),
        (403, &json!("bad_jwt"))
    );
}

#[tokio::test]
async fn bodies_go_through_unchanged_in_both_directions() {
    let gateway = gateway().await;
    let storage = format!("{}/storage/v1", gateway.url());
    let secret = server().await.secret_key();
    let bucket = new_user();
    let bearer = format!("Bearer {secret}");
    let headers = [("apikey", secret), ("authorization", &*bearer)];
    let row = json!({ "name": bucket, "id": bucket, "public": false });
    let made = send(format!("{storage}/bucket"), &headers, Some(row)).await;
    assert_eq!(made.status, 200, "{made:?}");

    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let client = reqwest::Client::new();
    let object = format!("{storage}/object/{bucket}/big.bin");
    let request = client
        .post(&object)
        .header("apikey", secret)
        .bearer_auth(secret);
    let request = request.header("content-type", "application/octet-stream");
    let stored = request.body(bytes.clone()).send().await.unwrap();
    assert_eq!(
        stored.status().as_u16(),
        200,
        "{}",
        stored.text().await.unwrap()
    );
    let request = client
        .get(&object)
        .header("apikey", secret)
        .bearer_auth(secret);
    let loaded = request.send().await.unwrap();
    assert_eq!(loaded.headers()["content-length"], bytes.len().to_string());
    assert!(loaded.bytes().await.unwrap() == bytes);
}

#[tokio::test]
async fn storage_applies_its_policies_and_refuses_a_token_with_an_unknown_kid() {
    let (gateway, keys) = gateway_with(&["RS256"]).await;
    let upload = async |token: String| -> Value {
        let bearer = format!("Bearer {token}");
        let headers = [("apikey", gateway.api_key()), ("authorization", &*bearer)];
        let bucket = format!("{}/storage/v1/bucket", gateway.url());
        let answer = send(bucket, &headers, Some(json!({ "name": "b", "id": "b" }))).await;
        answer.body["message"].clone()
    };
    let user = upload(token(&keys[0], json!({}), json!({})).await).await;
    assert_eq!(user, "new row violates row-level security policy");
    let stranger = upload(token(&keys[0], json!({ "kid": "x" }), json!({})).await).await;
    let stranger = stranger.as_str().expect("an error with a message");
    assert!(!stranger.contains("row-level security"), "{stranger}");
}
