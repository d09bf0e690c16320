//! Auth, reading only.

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{ClientError, Error, ScopedClients};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{answering, new_user, supabase, unsent};

async fn clients() -> ScopedClients {
    ScopedClients::new(supabase().await.config().unwrap()).unwrap()
}

/// Signs a new user up, and returns their ID and email address.
async fn sign_up() -> (Uuid, String) {
    let server = supabase().await;
    let email = format!("{}@example.com", new_user());
    let request = reqwest::Client::new()
        .post(format!("{}/auth/v1/signup", server.url()))
        .header("apikey", server.api_key())
        .header("content-type", "application/json")
        .body(json!({ "email": email, "password": "a good password" }).to_string());
    let answer = request.send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let id = answer["user"]["id"].as_str().or(answer["id"].as_str());
    let id = id.unwrap_or_else(|| panic!("{answer}"));
    (id.parse().unwrap(), email)
}

#[tokio::test]
async fn auth_says_who_the_user_of_the_client_is() {
    let clients = clients().await;
    let ((alice, of_alice), (bob, of_bob)) = (sign_up().await, sign_up().await);
    for (id, email) in [(alice, of_alice), (bob, of_bob)] {
        let user = clients.get(id).unwrap().auth().user().await.unwrap();
        assert_eq!(
            (user.id.as_str(), user.email.as_deref()),
            (&*id.to_string(), Some(&*email))
        );
        assert_eq!(user.aud.as_deref(), Some("authenticated"));
        assert!(user.created_at.is_some());
        let text = format!("{user:?}");
        assert!(
            text.contains(user.id.as_str()) && !text.contains(&email),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_user_that_auth_does_not_know_is_an_error_and_the_data_api_does_not_care() {
    let alice = clients().await.get(new_user()).unwrap();
    let Err(Error::Auth(error)) = alice.auth().user().await else {
        panic!("no error of Auth");
    };
    assert!(
        error.is_not_found() && !error.is_denied() && !error.is_transient(),
        "{error}"
    );
    assert_eq!(
        (error.status(), error.code()),
        (403, Some("user_not_found"))
    );
    assert!(
        error
            .to_string()
            .starts_with("auth answered 403 (user_not_found): "),
        "{error}"
    );
    assert_eq!(Error::from(error).public().status(), 404);
    alice.from("notes").select("id").execute().await.unwrap();
}

#[tokio::test]
async fn a_token_that_auth_does_not_trust_is_denied() {
    let server = supabase().await;
    let other = server
        .config_builder()
        .jwt_secret("another-jwt-secret-that-is-long-enough");
    let stranger = ScopedClients::new(other.build().unwrap())
        .unwrap()
        .get(new_user())
        .unwrap();
    let Err(Error::Auth(error)) = stranger.auth().user().await else {
        panic!("no error of Auth");
    };
    assert!(error.is_denied(), "{error}");
    assert!(
        error.to_string().contains("compare `SUPABASE_JWT_SECRET`"),
        "{error}"
    );
}

#[tokio::test]
async fn claims_are_decoded_without_a_server() {
    let (server, client) = answering([Answer::new(500)]).await;
    let claims = client.auth().claims().await.unwrap();
    assert_eq!(claims["sub"], client.user_id().as_str());
    assert_eq!(claims["role"], "authenticated");
    client.close();
    assert!(matches!(
        client.auth().claims().await,
        Err(Error::Client(ClientError::Closed))
    ));
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn members_that_the_type_does_not_name_are_kept() {
    let id = new_user().to_string();
    let body = json!({
        "id": id, "aud": "authenticated", "email": "", "is_anonymous": true,
        "user_metadata": { "name": "Ada" }, "app_metadata": {}, "identities": [{ "provider": "email" }],
        "banned_until": "2030-01-01T00:00:00Z", "newer": { "a": 1 },
    });
    let ok = Answer::new(200).json(&body);
    let server = Recorder::start().await.unwrap();
    server.at("/auth/v1/user").answer(ok);
    let clients = ScopedClients::new(server.config()).unwrap();
    let user = clients.get(&*id).unwrap().auth().user().await.unwrap();
    assert!(user.is_anonymous);
    assert_eq!(user.other["newer"], json!({ "a": 1 }));
    let again = serde_json::to_value(&user).unwrap();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&again[name], value, "{name}");
    }
    // The same answer for another user is refused.
    let error = clients
        .get(new_user())
        .unwrap()
        .auth()
        .user()
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::AnotherUser)),
        "{error}"
    );
}

#[tokio::test]
async fn answers_of_another_shape_and_busy_servers_are_errors() {
    for body in ["[]", "{}", r#"{"id":"nobody"}"#, "<html>"] {
        let (_server, client) = answering([Answer::new(200).body(body)]).await;
        let error = client.auth().user().await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Decode { .. })),
            "{body}: {error}"
        );
    }
    let busy =
        Answer::new(429).json(&json!({ "code": "over_request_rate_limit", "msg": "slow down" }));
    let (_server, client) = answering([busy]).await;
    let error = client.auth().user().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(error.public().status(), 503);
}

#[tokio::test]
async fn a_token_that_auth_refuses_as_expired_is_replaced_once() {
    let refused = json!({ "code": 403, "error_code": "bad_jwt", "msg": "token is expired" });
    let refused = || Answer::new(403).json(&refused);
    let (server, client) = answering([refused()]).await;
    let Err(Error::Auth(error)) = client.auth().user().await else {
        panic!("no error of Auth");
    };
    assert_eq!(error.code(), Some("bad_jwt"), "{error}");
    assert!(error.is_expired_token());
    let requests = server.requests();
    let tokens: Vec<_> = requests
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert!(tokens.len() == 2 && tokens[0] != tokens[1]);
}

#[tokio::test]
async fn what_has_an_effect_is_refused_with_the_reason() {
    let (server, client) = answering([Answer::new(200)]).await;
    for (method, path) in [
        ("POST", "logout"),
        ("PUT", "user"),
        ("POST", "token"),
        ("POST", "otp"),
        ("POST", "recover"),
        ("POST", "signup"),
        ("POST", "verify"),
        ("GET", "reauthenticate"),
        ("POST", "factors"),
        ("GET", "admin/users"),
        ("GET", "authorize"),
        ("DELETE", "user/identities/1"),
    ] {
        let error = unsent(
            client
                .request(method, format!("auth/v1/{path}"))
                .execute()
                .await,
        );
        assert!(
            error.contains("it could end or change the user's sessions"),
            "{error}"
        );
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn auth_blocks_in_blocking_code() {
    let clients = scoped_runtime::blocking::ScopedClients::from(clients().await);
    let (id, email) = sign_up().await;
    let alice = clients.get(id).unwrap();
    let test = move || {
        assert_eq!(alice.auth().user().unwrap().email, Some(email));
        assert_eq!(
            alice.auth().claims().unwrap()["sub"],
            alice.user_id().as_str()
        );
    };
    tokio::task::spawn_blocking(test).await.unwrap();
}
