use std::time::Duration;

use scoped_runtime::ScopedClient;
use scoped_tests::NodeServer;
use serde_json::{Value, json};

/// The official `@supabase/realtime-js`; see `tests/server/realtime/peer.mjs`.
pub(crate) struct Peer {
    pub(super) server: NodeServer,
    pub(super) http: reqwest::Client,
}

impl Peer {
    pub(crate) async fn tell(&self, command: &str, mut arguments: Value) -> Value {
        arguments["command"] = command.into();
        let request = self
            .http
            .post(self.server.url())
            .body(arguments.to_string());
        let text = request.send().await.unwrap().text().await.unwrap();
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer.get("error"), None, "{command}");
        answer["answer"].take()
    }

    /// Joins a channel as the user of a token.
    pub(crate) async fn join(&self, client: &ScopedClient, topic: &str, mut more: Value) -> Value {
        more["client"] = client.user_id().as_str().into();
        more["token"] = client.token().unwrap().expose_secret().into();
        more["topic"] = topic.into();
        self.tell("join", more).await
    }

    /// The first thing that a channel has heard for which the function says yes.
    pub(crate) async fn hears(
        &self,
        client: &ScopedClient,
        topic: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Value {
        let question = json!({ "client": client.user_id().as_str(), "topic": topic });
        let mut heard = Value::Null;
        for _ in 0..500 {
            heard = self.tell("heard", question.clone()).await;
            if let Some(found) = heard.as_array().unwrap().iter().find(|it| is_it(it)) {
                return found.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not heard: {heard}");
    }
}
