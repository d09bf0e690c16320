//! Anonymous clients: what they send, and which API keys allow one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_runtime::ScopedClients;
use scoped_runtime::testing::Answer;
use serde_json::json;

use crate::support::{KEY, config, server};

fn legacy(role: &str) -> String {
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!(
        "{}.{}.c2ln",
        part(json!({"alg": "HS256"})),
        part(json!({ "role": role }))
    )
}

#[tokio::test]
async fn an_anonymous_client_sends_the_api_key_and_no_authorization() {
    for key in [KEY.to_owned(), legacy("anon")] {
        let server = server(Answer::from(json!([]))).await;
        let config = config(&server.url()).api_key(&*key);
        let config = config
            .default_header("x-of-the-service", "1")
            .build()
            .unwrap();
        let clients = ScopedClients::new(config).unwrap();
        let posts = clients.anonymous().unwrap().schema("api2").from("posts");
        posts.execute().await.unwrap();
        let request = server.only_request();
        assert_eq!(request.header("apikey"), Some(&*key));
        assert!(!request.headers().contains_key("authorization"));
        assert_eq!(request.header("accept-profile"), Some("api2"));
    }
}

#[test]
fn an_api_key_with_a_role_above_anon_gives_no_anonymous_client() {
    let others = [
        "sb_secret_abcdefghijklmnopqrstuv_abcdefgh".to_owned(),
        legacy("service_role"),
    ];
    for key in others.into_iter().chain([legacy("authenticated")]) {
        let config = config("https://project.test").api_key(&*key);
        let config = config.allow_secret_api_key(true).build().unwrap();
        let clients = ScopedClients::new(config).unwrap();
        let error = clients.anonymous().unwrap_err();
        assert_eq!(error.field(), "api_key");
        assert!(!format!("{error} {error:?}").contains(&key));
    }
}
