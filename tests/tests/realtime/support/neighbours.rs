use scoped_runtime::ScopedClient;
use serde_json::{Value, json};

use super::{ALICE, BOB, Peer, Project};

/// A project with Alice's client, and Bob, who has joined the private channel `room` with the official client.
pub(crate) struct Neighbours {
    pub(crate) project: Project,
    pub(crate) alice: ScopedClient,
    pub(crate) bob: ScopedClient,
    pub(crate) peer: Peer,
}

impl Neighbours {
    /// `config` is what Bob asks for besides `private`.
    pub(crate) async fn start(config: Value) -> Self {
        Self::of_version("2.0.0", config).await
    }

    /// Bob speaks this version of the protocol.
    pub(crate) async fn of_version(version: &str, mut config: Value) -> Self {
        let project = Project::start().await;
        let (alice, bob) = (project.client(ALICE), project.client(BOB));
        let peer = project.peer().await;
        config["private"] = true.into();
        let join = json!({ "vsn": version, "config": config });
        let joined = peer.join(&bob, "room", join).await;
        assert_eq!(joined["status"], "SUBSCRIBED");
        Self {
            project,
            alice,
            bob,
            peer,
        }
    }

    /// Bob is present under the key `bob`.
    pub(crate) async fn with_presence() -> Self {
        Self::start(json!({ "presence": { "key": "bob", "enabled": true } })).await
    }

    /// Bob says this of himself.
    pub(crate) async fn track(&self, payload: Value) {
        let track = json!({ "client": BOB, "topic": "room", "payload": payload });
        self.peer.tell("track", track).await;
    }

    /// The first thing that Bob has heard for which the function says yes.
    pub(crate) async fn bob_hears(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        self.peer.hears(&self.bob, "room", is_it).await
    }

    /// Bob broadcasts JSON.
    pub(crate) async fn bob_sends(&self, event: &str, payload: Value) {
        let send = json!({ "client": BOB, "topic": "room", "event": event, "payload": payload });
        assert_eq!(self.peer.tell("send", send).await, "ok");
    }
}
