//! The output of a program whose `main` returns our error.

use scoped_runtime::testing::Answer;
use scoped_runtime::{Config, Error, ScopedClients, SigningKey};

use crate::support::{ALICE, KEY, SECRET, config, server};

/// Formats the error the way that `main` prints it.
fn printed(error: &Error) -> String {
    format!("Error: {error:?}")
}

#[test]
fn a_configuration_error_prints_each_problem_on_its_own_line() {
    let config = Config::builder()
        .environment(|_| None)
        .url("x")
        .api_key(KEY);
    let error = Error::from(config.build().unwrap_err());
    let text = printed(&error);
    assert!(
        text.starts_with("Error: invalid configuration: `url` is not a URL; use"),
        "{text}"
    );
    assert!(text.lines().count() > 1, "{text}");
    assert!(
        !text.contains("Problem") && !text.contains('{'),
        "no Rust: {text}"
    );
}

#[tokio::test]
async fn a_transport_error_prints_its_causes() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let clients = ScopedClients::new(config(&url).build().unwrap()).unwrap();
    let query = clients
        .get(ALICE)
        .unwrap()
        .from("notes")
        .eq("body", "private");
    let text = printed(&query.execute().await.unwrap_err());
    let (first, causes) = text.split_once("\n  caused by: ").expect("a cause");
    assert!(
        first.ends_with("check `SUPABASE_URL` and the network"),
        "{text}"
    );
    assert!(causes.to_lowercase().contains("refused"), "{text}");
    for secret in [KEY, SECRET, "private"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_claims_error_does_not_print_the_value() {
    let server = server(Answer::new(200).body(r#"["private"]"#)).await;
    let clients = ScopedClients::new(config(&server.url()).build().unwrap()).unwrap();
    let rows = clients.get(ALICE).unwrap().from("notes").fetch::<u8>();
    let text = printed(&rows.await.unwrap_err());
    assert!(
        text.contains("table `notes`") && text.contains("row 1"),
        "{text}"
    );
    assert!(!text.contains("private"), "{text}");
}

#[test]
fn a_key_error_does_not_print_the_key() {
    let secret = "MHcCAQEEIPrivateBytesThatNobodyShouldRead";
    let error = Error::from(SigningKey::from_jwk(secret).unwrap_err());
    assert!(!printed(&error).contains("PrivateBytes"));
}
