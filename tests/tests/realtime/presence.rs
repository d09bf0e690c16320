//! Presence: tracked again, limited, and what a peer cannot forge.

use scoped_runtime::realtime::{Event, Subscription};
use scoped_runtime::{Error, RealtimeErrorKind, ScopedClient};
use serde_json::json;

use crate::support::{
    ALICE, BOB, Neighbours, Project, find, is_silent, private_room, reconnected, synced,
};

async fn subscribe(client: &ScopedClient, key: &str) -> Subscription {
    let room = private_room(client).presence(key);
    room.subscribe().await.unwrap()
}

#[tokio::test]
async fn presence_is_tracked_again_after_a_reconnect() {
    let of_bob = Neighbours::with_presence().await;
    let project = &of_bob.project;
    let mut room = subscribe(&of_bob.alice, "alice").await;
    room.sender().track(&json!({ "n": 1 })).await.unwrap();
    of_bob.bob_hears(|it| it["join"] == "alice").await;
    project.control(json!({ "crash": "room" })).await;
    reconnected(&mut room).await;
    synced(&mut room).await;
    let sent = project.frames("presence").await;
    let of_alice = sent.iter().filter(|frame| frame[4]["payload"]["n"] == 1);
    assert_eq!(of_alice.count(), 2);
}

#[tokio::test]
async fn presence_is_limited_before_the_server_ends_the_channel() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let mut room = subscribe(&alice, "alice").await;
    for n in 0..5 {
        room.sender().track(&json!({ "n": n })).await.unwrap();
    }
    let Err(Error::Realtime(error)) = room.sender().track(&json!({ "n": 5 })).await else {
        panic!("not refused")
    };
    assert_eq!(error.kind(), RealtimeErrorKind::Limit);
    synced(&mut room).await;
    assert_eq!(room.present().len(), 1);
    let without = alice.realtime().channel("other").subscribe().await.unwrap();
    let refused = without.sender().track(&json!({})).await.unwrap_err();
    assert!(
        refused.to_string().contains("without `presence(key)`"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_peer_cannot_forge_the_reference_of_its_presence() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let mut of_alice = subscribe(&alice, "alice").await;
    let of_bob = subscribe(&bob, "bob").await;
    of_bob
        .sender()
        .track(&json!({ "phx_ref": "forged", "n": 1 }))
        .await
        .unwrap();
    let joined = find(&mut of_alice, |event| match event {
        Event::Join(presence) => Some(presence.clone()),
        _ => None,
    });
    let joined = joined.await;
    assert_eq!(
        joined.metas[0].payload.as_str().matches("phx_ref").count(),
        2
    );
    assert_ne!(joined.metas[0].reference, "forged");
}

#[tokio::test]
async fn clients_of_one_key_are_listed_together_and_an_empty_key_is_chosen_by_the_server() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let mut of_alice = subscribe(&alice, "desk").await;
    let of_bob = subscribe(&bob, "desk").await;
    let joined = |event: &Event| matches!(event, Event::Join(_)).then_some(());
    let left = |event: &Event| matches!(event, Event::Leave(_)).then_some(());
    for room in [&of_alice, &of_bob] {
        room.sender().track(&json!({ "n": 1 })).await.unwrap();
    }
    for _ in 0..2 {
        find(&mut of_alice, joined).await;
    }
    let present = of_alice.present();
    assert_eq!((present.len(), present[0].metas.len()), (1, 2));
    drop(of_bob);
    find(&mut of_alice, left).await;
    assert_eq!(of_alice.present()[0].metas.len(), 1);

    let of_bob = subscribe(&bob, "").await;
    of_bob.sender().track(&json!({ "n": 2 })).await.unwrap();
    find(&mut of_alice, joined).await;
    let mut keys = of_alice.present().into_iter().map(|it| it.key);
    let chosen = keys.find(|key| key != "desk").unwrap();
    assert_eq!(chosen.len(), 36, "a UUID: {chosen}");
}

#[tokio::test]
async fn a_public_channel_without_presence_hears_nothing_of_it() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let mut without = alice.realtime().channel("lobby").subscribe().await.unwrap();
    let with = bob.realtime().channel("lobby").presence("bob");
    let with = with.subscribe().await.unwrap();
    with.sender().track(&json!({ "n": 1 })).await.unwrap();
    assert!(
        is_silent(&mut without).await,
        "the server sends the difference all the same"
    );
    assert!(without.present().is_empty());
}
