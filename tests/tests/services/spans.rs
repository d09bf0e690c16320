//! Each request is one span, in which neither a token nor a value is.

use scoped_runtime::ScopedClients;
use scoped_runtime::testing::{Answer, Recorder};
use scoped_tests::Listener;
use serde_json::json;
use tracing::Level;

use crate::support::new_user;

#[tokio::test]
async fn a_request_of_a_service_is_one_span_without_a_secret_or_a_value() {
    let listener = Listener::start(Level::DEBUG);
    let server = Recorder::start().await.unwrap();
    let secret =
        json!({ "message": "a-private-value", "errors": [{ "message": "a-private-value" }] });
    server
        .at("/functions/v1/fails")
        .answer(Answer::new(422).json(&secret));
    server
        .at("/graphql/v1")
        .answer(Answer::from(secret.clone()));
    let clients = ScopedClients::new(server.config()).unwrap();
    let alice = clients.get(new_user()).unwrap();
    let call = alice
        .functions()
        .invoke("hello", &secret)
        .query("a", "a-private-value");
    call.await.unwrap();
    alice
        .functions()
        .invoke("fails", &secret)
        .await
        .unwrap_err();
    alice
        .graphql("{ a(b: \"a-private-value\") }", &secret)
        .await
        .unwrap_err();
    alice.auth().user().await.unwrap_err();
    let log = listener.text();
    for (path, said) in [
        ("functions/v1/hello", "http.response.status_code=200"),
        ("functions/v1/fails", "http.response.status_code=422"),
        ("functions/v1/fails", "error.type=\"api\""),
        // Errors in a body with status 200 are not errors of the request.
        ("graphql/v1", "http.response.status_code=200"),
        ("auth/v1/user", "http.response.status_code=200"),
    ] {
        let path = format!("url.path=\"{path}\"");
        let is_line = |line: &&str| line.contains(&path) && line.contains(said);
        assert!(
            log.lines().any(|line| is_line(&line)),
            "{path} {said} is missing: {log}"
        );
    }
    assert!(
        !log.contains("a-private-value") && !log.contains("eyJ"),
        "{log}"
    );
}
