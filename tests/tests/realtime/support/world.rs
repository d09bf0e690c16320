use std::time::Duration;

use scoped_runtime::realtime::Subscription;
use scoped_runtime::testing::ManualClock;
use scoped_runtime::{RealtimeError, ScopedClient};
use serde_json::{Value, json};

use super::{ALICE, Project, broadcast, interrupted, private_room, reconnected, while_passing};

/// A project, and Alice in its private channel `room`, on a clock that the test moves. Her broadcasts are acknowledged
/// and come back to her.
pub(crate) struct World {
    pub(crate) project: Project,
    pub(crate) clock: ManualClock,
    pub(crate) alice: ScopedClient,
    pub(crate) room: Subscription,
}

impl World {
    pub(crate) async fn start() -> Self {
        let project = Project::start().await;
        let clock = ManualClock::real();
        let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
        let room = private_room(&alice).broadcast(true, true);
        let room = room.subscribe().await.unwrap();
        Self {
            project,
            clock,
            alice,
            room,
        }
    }

    pub(crate) async fn misbehave(&self, how: Value) {
        self.project.misbehave(how).await;
    }

    pub(crate) async fn interrupted(&mut self) -> RealtimeError {
        interrupted(&mut self.room).await
    }

    /// Moves the clock until the channel is joined again.
    pub(crate) async fn reconnected(&mut self) {
        let reconnected = reconnected(&mut self.room);
        while_passing(&self.clock, Duration::from_secs(3), reconnected).await;
    }

    /// Shows that the channel works.
    pub(crate) async fn works(&mut self) {
        let sender = self.room.sender();
        sender.send("works", &json!({ "n": 1 })).await.unwrap();
        assert_eq!(broadcast(&mut self.room, "works").await["n"], 1);
    }
}
