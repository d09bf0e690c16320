//! A project with Realtime, its users, and the official client as a neighbour.

mod events;
mod neighbours;
mod peer;
mod world;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_runtime::realtime::ChannelBuilder;
use scoped_runtime::testing::Postgres;
use scoped_runtime::{
    Clock, Config, ConfigBuilder, Mode, NoClaims, ScopedClient, ScopedClients, SystemClock,
};
use scoped_tests::NodeServer;
use serde_json::{Value, json};

pub(crate) use self::events::{
    broadcast, ending, find, interrupted, is_silent, reconnected, synced, while_passing,
};
pub(crate) use self::neighbours::Neighbours;
pub(crate) use self::peer::Peer;
pub(crate) use self::world::World;

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

    /// Waits until the server has this many [`tokens`](Self::tokens), for at most 20 s of real time.
    pub(crate) async fn await_tokens(&self, by: &str, count: usize) -> Vec<String> {
        at_least(count, async || self.tokens(by).await).await
    }

    /// Waits until clients have sent this many [`frames`](Self::frames), for at most 20 s of real time.
    pub(crate) async fn await_frames(&self, event: &str, count: usize) -> Vec<Value> {
        at_least(count, async || self.frames(event).await).await
    }

    /// Switches on what goes wrong from now on; see `tests/server/realtime/misbehaviour.mjs`.
    pub(crate) async fn misbehave(&self, how: Value) {
        self.control(json!({ "misbehave": how })).await;
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.postgres.sql(sql).await.unwrap();
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

/// The private channel of which Alice and Bob are members.
pub(crate) fn private_room<M: Mode>(client: &ScopedClient<NoClaims, M>) -> ChannelBuilder<M> {
    client.realtime().channel("room").private()
}

async fn at_least<T>(count: usize, look: impl AsyncFn() -> Vec<T>) -> Vec<T> {
    let waiting = async {
        loop {
            let found = look().await;
            if found.len() >= count {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(20), waiting);
    found.await.expect("fewer than expected after 20 s")
}
