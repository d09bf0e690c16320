//! A project with Realtime, its users, and the official client as a neighbour.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_runtime::realtime::{Event, Subscription};
use scoped_runtime::testing::Postgres;
use scoped_runtime::{Clock, Config, ConfigBuilder, ScopedClient, ScopedClients, SystemClock};
use scoped_tests::NodeServer;
use serde_json::{Value, json};

pub(crate) const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
pub(crate) const BOB: &str = "b0b00000-0000-4000-8000-000000000002";
pub(crate) const MALLORY: &str = "0dd00000-0000-4000-8000-000000000003";
pub(crate) const SECRET: &str = "a-secret-of-at-least-thirty-two-bytes";
const KEY: &str = "sb_publishable_realtime";

/// A project: a database of its own, and a server of Realtime whose own waits are 50 times shorter than real ones.
pub(crate) struct Project {
    pub(crate) postgres: Postgres,
    server: NodeServer,
    http: reqwest::Client,
}

impl Project {
    pub(crate) async fn start() -> Self {
        Self::with(json!({})).await
    }

    pub(crate) async fn with(settings: Value) -> Self {
        let postgres = Postgres::with("server/realtime/migrations").await.unwrap();
        for user in [ALICE, BOB] {
            let row =
                format!("insert into room_members (topic, user_id) values ('room', '{user}')");
            postgres.sql(&row).await.unwrap();
        }
        let mut configuration = json!({
            "database": postgres.admin_url(),
            "secret": SECRET,
            "apiKeys": { KEY: "anon" },
            "tables": ["public.room_notes", "public.room_keyless", "public.room_secret"],
            "scale": 0.02,
        });
        for (name, value) in settings.as_object().unwrap() {
            configuration[name] = value.clone();
        }
        let server = NodeServer::start("realtime/main.mjs", &configuration)
            .await
            .unwrap();
        Self {
            postgres,
            server,
            http: reqwest::Client::new(),
        }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn config(&self) -> ConfigBuilder {
        Config::builder()
            .environment(|_| None)
            .url(self.url())
            .api_key(KEY)
            .jwt_secret(SECRET)
    }

    pub(crate) fn clients(&self) -> ScopedClients {
        self.clients_with(SystemClock::new())
    }

    pub(crate) fn clients_with(&self, clock: impl Clock + 'static) -> ScopedClients {
        let config = self.config().clock(clock);
        ScopedClients::new(config.build().unwrap()).unwrap()
    }

    pub(crate) fn client(&self, user: &str) -> ScopedClient {
        self.clients().get(user).unwrap()
    }

    /// Asks the server, or tells it to do something; see `tests/server/realtime/control.mjs`.
    pub(crate) async fn control(&self, question: Value) -> Value {
        let name = question.as_object().unwrap().keys().next().unwrap().clone();
        let url = format!("{}/control", self.url());
        let request = self.http.post(url).body(question.to_string());
        let text = request.send().await.unwrap().text().await.unwrap();
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        assert!(answer.get(&name).is_some(), "{answer}");
        answer[&name].take()
    }

    pub(crate) async fn log(&self) -> Value {
        self.control(json!({ "log": null })).await
    }

    /// The tokens that the server got for a channel, by `join`, `access_token` or `refused join`.
    pub(crate) async fn tokens(&self, by: &str) -> Vec<String> {
        let log = self.log().await;
        let tokens = log["tokens"].as_array().unwrap().iter();
        let tokens = tokens.filter(|token| token["by"] == by);
        tokens
            .map(|token| token["token"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The text frames that clients sent of this event.
    pub(crate) async fn frames(&self, event: &str) -> Vec<Value> {
        let log = self.log().await;
        let frames = log["frames"].as_array().unwrap().iter();
        let sent = frames.filter(|frame| frame["direction"] == "in" && frame["isBinary"] == false);
        sent.filter_map(|frame| serde_json::from_str::<Value>(frame["text"].as_str()?).ok())
            .filter(|frame| frame[3] == event)
            .collect()
    }

    /// The official client, as a neighbour on the same channels.
    pub(crate) async fn peer(&self) -> Peer {
        let configuration = json!({ "url": self.url(), "key": KEY });
        Peer {
            server: NodeServer::start("realtime/peer.mjs", &configuration)
                .await
                .unwrap(),
            http: reqwest::Client::new(),
        }
    }
}

/// The official `@supabase/realtime-js`; see `tests/server/realtime/peer.mjs`.
pub(crate) struct Peer {
    server: NodeServer,
    http: reqwest::Client,
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

/// The next event for which the function returns something; others are skipped. Fails after 20 s of real time.
pub(crate) async fn find<T>(
    room: &mut Subscription,
    mut is_it: impl FnMut(&Event) -> Option<T>,
) -> T {
    let mut skipped = Vec::new();
    let search = async {
        while let Some(event) = room.next().await {
            let event = event.unwrap();
            if let Some(found) = is_it(&event) {
                return Some(found);
            }
            skipped.push(format!("{event:?}"));
        }
        None
    };
    match tokio::time::timeout(Duration::from_secs(20), search).await {
        Ok(Some(found)) => found,
        Ok(None) => panic!("the stream ended: {skipped:?}"),
        Err(tokio::time::error::Elapsed { .. }) => panic!("not found within 20 s: {skipped:?}"),
    }
}

/// The payload of the next broadcast of this event.
pub(crate) async fn broadcast(room: &mut Subscription, event: &str) -> Value {
    find(room, |it| match it {
        Event::Broadcast(message) if message.event == event => {
            Some(message.read::<Value>().unwrap().payload)
        }
        _ => None,
    })
    .await
}

/// The error with which a subscription ends; events before it are skipped.
pub(crate) async fn ending(room: &mut Subscription) -> scoped_runtime::Error {
    let search = async {
        while let Some(event) = room.next().await {
            if let Err(error) = event {
                return Some(error);
            }
        }
        None
    };
    let found = tokio::time::timeout(Duration::from_secs(20), search).await;
    found
        .expect("no end within 20 s")
        .expect("an end without an error")
}

/// Whether nothing arrives for a while. Only for what must never come; what must come is awaited with [`find`].
pub(crate) async fn is_silent(room: &mut Subscription) -> bool {
    let next = tokio::time::timeout(Duration::from_millis(300), room.next());
    next.await.is_err()
}

/// When a token ends, in seconds since 1970.
pub(crate) fn expires_at(token: &str) -> u64 {
    let payload = token.split('.').nth(1).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["exp"].as_u64().unwrap()
}

/// Waits until the private channel `room` has this many members; whether it came to that within 10 s of real time.
pub(crate) async fn has_members(project: &Project, count: u64) -> bool {
    let question = json!({ "members": { "topic": "room", "isPrivate": true } });
    for _ in 0..500 {
        if project.control(question.clone()).await == count {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
