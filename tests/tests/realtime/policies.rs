//! Policies that change while a channel is joined: the server asks them again with the next token.

use std::time::Duration;

use scoped_runtime::RealtimeErrorKind;
use scoped_runtime::realtime::ChannelSender;
use scoped_runtime::testing::ManualClock;
use serde_json::json;

use crate::support::{World, while_passing};

async fn is_sent(sender: &ChannelSender, clock: &ManualClock) -> bool {
    let message = json!({});
    let sending = std::pin::pin!(sender.send("x", &message));
    match while_passing(clock, Duration::from_secs(4), sending).await {
        Ok(()) => true,
        Err(scoped_runtime::Error::Realtime(error)) => {
            assert_eq!(error.kind(), RealtimeErrorKind::Permanent, "{error}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_changed_write_policy_counts_from_the_next_token_on() {
    let world = World::start().await;
    let (project, clock) = (&world.project, &world.clock);
    let sender = world.room.sender();
    project
        .sql("update room_members set may_write = false")
        .await;
    assert!(!is_sent(sender, clock).await);
    project
        .sql("update room_members set may_write = true")
        .await;
    assert!(!is_sent(sender, clock).await, "the first answer is kept");
    clock.pass(Duration::from_secs(3600 - 60 + 1));
    project.await_tokens("access_token", 1).await;
    assert!(is_sent(sender, clock).await);
}
