//! Heartbeats: when they are sent, and what an unanswered one means.

use std::time::Duration;

use serde_json::json;

use crate::support::{BOB, World, broadcast, is_silent, private_room, while_passing};

#[tokio::test]
async fn silence_is_noticed_by_the_heartbeat() {
    let mut world = World::start().await;
    world.misbehave(json!({ "silence": true })).await;
    world.clock.pass(Duration::from_secs(26));
    assert!(is_silent(&mut world.room).await, "a heartbeat has 20 s");
    let clock = world.clock.clone();
    let error = while_passing(&clock, Duration::from_secs(21), world.interrupted()).await;
    assert!(error.to_string().contains("heartbeat"), "{error}");
    world.misbehave(json!({})).await;
    world.reconnected().await;
    world.works().await;
}

#[tokio::test]
async fn a_heartbeat_is_sent_25_seconds_after_the_last_frame_and_not_before() {
    let mut world = World::start().await;
    for _ in 0..3 {
        world.clock.pass(Duration::from_secs(20));
        world.works().await;
    }
    assert!(world.project.frames("heartbeat").await.is_empty());
    // What is received keeps no connection.
    world.clock.pass(Duration::from_secs(13));
    let of_bob = private_room(&world.project.client(BOB));
    of_bob.send("x", &json!({ "n": 1 })).await.unwrap();
    assert_eq!(broadcast(&mut world.room, "x").await["n"], 1);
    world.clock.pass(Duration::from_secs(13));
    world.project.await_frames("heartbeat", 1).await;
    assert!(is_silent(&mut world.room).await);
}

#[tokio::test]
async fn no_heartbeat_is_judged_while_a_join_is_pending() {
    let mut world = World::start().await;
    world
        .misbehave(json!({ "unanswered": ["phx_join", "heartbeat"] }))
        .await;
    let channel = world.alice.realtime().channel("second");
    let joining = tokio::spawn(channel.subscribe());
    world.project.await_frames("phx_join", 2).await;
    assert!(is_silent(&mut world.room).await);
    world.clock.pass(Duration::from_secs(26));
    world.project.await_frames("heartbeat", 1).await;
    assert!(is_silent(&mut world.room).await);
    // The join has failed after 30 s; only from then on the heartbeat counts.
    world.clock.pass(Duration::from_secs(5));
    let error = joining.await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("did not answer the join"),
        "{error}"
    );
    assert!(is_silent(&mut world.room).await);
    world.misbehave(json!({})).await;
    let clock = world.clock.clone();
    while_passing(&clock, Duration::from_secs(21), world.interrupted()).await;
    world.reconnected().await;
}
