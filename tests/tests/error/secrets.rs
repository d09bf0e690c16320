//! Searches every `Debug`, error and log line for the secret, the API key and the token.

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{Config, ScopedClients, SigningKey};
use scoped_tests::{Log, spelled_out};
use serde_json::json;

use crate::support::{ALICE, KEY, SECRET, config, project, server};

/// Fails if the text contains one of the secrets, or a long part of one.
fn search(text: &str, secrets: &[&str]) {
    for secret in secrets {
        let part = &secret[secret.len() - 24..];
        assert!(!text.contains(part), "`{part}` is in: {text}");
    }
}

#[tokio::test]
async fn logs_of_every_crate_show_no_secret() {
    let log = Log::default();
    tracing_log::LogTracer::init().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (_server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    let token = client.token().unwrap();
    client
        .from("notes")
        .insert(json!({}))
        .execute()
        .await
        .unwrap();
    let native = client.from("notes").into_builder().unwrap();
    client.execute(native).await.unwrap();
    let gone = config("http://127.0.0.1:1").build().unwrap();
    let gone = ScopedClients::new(gone).unwrap().get(ALICE).unwrap();
    gone.from("notes").execute().await.unwrap_err();

    let logged = log.text();
    assert!(
        logged.contains("127.0.0.1"),
        "the HTTP client does log: {logged}"
    );
    search(&logged, &[SECRET, KEY, token.expose_secret()]);
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let (_server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    let token = client.token().unwrap();
    let query = client.from("notes").eq("id", "1");
    let request = client.request("GET", "functions/v1/f");
    let response = client.from("notes").execute().await.unwrap();
    let native = client.from("notes").into_builder().unwrap().build();
    let configuration = config("https://project.test");
    let shown = [
        format!("{clients:?} {client:?} {token:?} {query:?} {request:?} {response:?}"),
        format!("{:?} {native:?}", clients.user(ALICE).claim("a", SECRET)),
        format!("{configuration:?}"),
        format!("{:?}", configuration.build()),
        format!("{:?}", SigningKey::hs256(SECRET)),
    ];
    search(&shown.join(" "), &[SECRET, KEY, token.expose_secret()]);
}

#[tokio::test]
async fn errors_show_no_secret() {
    let answers = [
        Answer::new(401).json(&json!({"code": "PGRST303", "message": "JWT expired"})),
        Answer::new(500).body("<html>"),
        Answer::new(200).body("no json"),
        Answer::new(307).header("location", "http://other.test/"),
    ];
    let mut servers = Vec::new();
    for answer in answers {
        servers.push(server(answer).await);
    }
    let mut urls: Vec<String> = servers.iter().map(Recorder::url).collect();
    urls.push("http://127.0.0.1:1".to_owned());
    for url in urls {
        let clients = ScopedClients::new(config(&url).build().unwrap()).unwrap();
        let client = clients.user(ALICE).auto_refresh(false).client().unwrap();
        let token = client.token().unwrap();
        let query = client
            .from("notes")
            .eq("password", "a-filter-value-that-is-private");
        let error = query.fetch::<u8>().await.unwrap_err();
        let hidden = [
            SECRET,
            KEY,
            token.expose_secret(),
            "a-filter-value-that-is-private",
        ];
        search(&spelled_out(&error), &hidden);
    }
}

#[test]
fn configuration_errors_show_no_value() {
    let values = [
        "sb_secret_abcdefghijklmnopqrstuv_abcdefgh",
        "https://user:password-of-somebody-important@project.test",
        "a-value-that-is-wrong-for-every-field\n",
    ];
    for value in values {
        let error = Config::builder()
            .environment(|_| None)
            .url(value)
            .api_key(value)
            .jwt_secret(value)
            .build()
            .unwrap_err();
        search(&format!("{error} {error:?}"), &[value]);
    }
}
