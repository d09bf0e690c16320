//! The server and its users.

use scoped_runtime::{ApiError, ConfigBuilder, Error, ScopedClient, ScopedClients};
use scoped_tests::Target;
pub(crate) use scoped_tests::new_user;
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) owner: String,
    pub(crate) body: String,
}

/// The one server of this test process, or the project that the environment names.
pub(crate) async fn server() -> Target {
    match Target::from_env_or_local().await {
        Ok(server) => server,
        Err(error) => panic!("{error}"),
    }
}

/// The project of the server with the default configuration.
pub(crate) async fn clients() -> ScopedClients {
    project(|config| config).await
}

/// The project of the server with a changed configuration.
pub(crate) async fn project(more: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> ScopedClients {
    let config = more(server().await.config_builder()).build();
    ScopedClients::new(config.expect("a good configuration")).expect("a project")
}

/// Writes a note as this client's user.
pub(crate) async fn write(client: &ScopedClient, body: &str) -> Note {
    let note = client.from("notes").insert(json!({ "body": body }));
    note.fetch_one().await.expect("the note")
}

/// Returns every note that the user of this client sees.
pub(crate) async fn notes(client: &ScopedClient) -> Vec<Note> {
    let notes = client.from("notes").select("id,owner,body").order("id");
    notes.fetch().await.expect("notes")
}

/// Returns the error of the server.
pub(crate) fn api<T: std::fmt::Debug>(result: Result<T, Error>) -> ApiError {
    match result {
        Err(Error::Api(error)) => error,
        other => panic!("expected an error of the server: {other:?}"),
    }
}
