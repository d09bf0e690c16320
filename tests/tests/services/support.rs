//! The servers of the tests, and users of them.

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{ConfigBuilder, Error, ScopedClient, ScopedClients};
pub(crate) use scoped_tests::{KEY, SECRET, config, new_user};
use scoped_tests::{LocalSupabase, NodeServer};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

pub(crate) fn project(config: ConfigBuilder) -> ScopedClients {
    ScopedClients::new(config.build().unwrap()).unwrap()
}

/// The functions of all tests of this process.
pub(crate) async fn function_server() -> &'static NodeServer {
    static SHARED: OnceCell<NodeServer> = OnceCell::const_new();
    let start = || async {
        let keys = json!({ "secret": SECRET, "publishable": KEY });
        NodeServer::start("functions/server.mjs", &keys)
            .await
            .unwrap()
    };
    SHARED.get_or_init(start).await
}

/// A new user's client of the functions.
pub(crate) async fn caller() -> ScopedClient {
    let clients = project(config(&function_server().await.url()));
    clients.get(new_user()).unwrap()
}

/// What has arrived from this user, as the server of the functions saw it.
pub(crate) async fn arrived(client: &ScopedClient) -> Vec<Value> {
    let url = format!("{}/control/log", function_server().await.url());
    let log = reqwest::get(url).await.unwrap().text().await.unwrap();
    let log: Vec<Value> = serde_json::from_str(&log).unwrap();
    let user = client.user_id().as_str();
    log.into_iter()
        .filter(|entry| entry["user"] == user)
        .collect()
}

/// Lets a held function go on, once it waits.
pub(crate) async fn release(hold: &str) {
    let url = format!(
        "{}/control/release?hold={hold}",
        function_server().await.url()
    );
    loop {
        let answer = reqwest::Client::new().post(&url).send().await.unwrap();
        if answer.text().await.unwrap().contains("true") {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// The local Supabase server of this process.
pub(crate) async fn supabase() -> &'static LocalSupabase {
    match scoped_tests::shared().await {
        Ok(server) => server,
        Err(error) => panic!("{error}"),
    }
}

/// GraphQL over the tables of the local server.
pub(crate) async fn graphql_server() -> &'static NodeServer {
    static SHARED: OnceCell<NodeServer> = OnceCell::const_new();
    let start = || async {
        let configuration = json!({
            "database": supabase().await.database_url(),
            "secret": SECRET,
            "publishable": KEY,
        });
        NodeServer::start("graphql/server.mjs", &configuration)
            .await
            .unwrap()
    };
    SHARED.get_or_init(start).await
}

/// The project of the GraphQL server.
pub(crate) async fn graphql_project() -> ScopedClients {
    project(config(&graphql_server().await.url()))
}

/// A server in the process with these answers in turn, the last one for ever, and a client of it.
pub(crate) async fn answering(
    answers: impl IntoIterator<Item = Answer>,
) -> (Recorder, ScopedClient) {
    let server = Recorder::start().await.unwrap();
    server.answers(answers);
    let clients = ScopedClients::new(server.config()).unwrap();
    let client = clients.get(new_user()).unwrap();
    (server, client)
}

/// The error of a call for which nothing may be sent.
pub(crate) fn unsent<T>(outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(_) => panic!("it was sent"),
        Err(error @ Error::Client(_)) => error.to_string(),
        Err(error) => panic!("another error: {error}"),
    }
}
