//! Where the official client is wrong (section 11 of the facts), ours is shown to be right, on the same server.

use scoped_runtime::realtime::{Change, Event};
use serde_json::json;

use crate::support::{
    ALICE, MALLORY, Neighbours, Project, find, has_members, interrupted, private_room, reconnected,
};

#[tokio::test]
async fn a_channel_that_the_server_closes_is_joined_again_and_not_closed_for_good() {
    let of_bob = Neighbours::start(json!({})).await;
    let project = &of_bob.project;
    let mut room = private_room(&of_bob.alice).subscribe().await.unwrap();
    assert!(has_members(project, 2).await);
    let message = "Too many messages per second";
    let fail = json!({ "fail": { "topic": "room", "message": message } });
    project.control(fail).await;
    interrupted(&mut room).await;
    of_bob.bob_hears(|it| it["status"] == "CLOSED").await;
    reconnected(&mut room).await;
    assert!(has_members(project, 1).await, "the official one is away");
}

#[tokio::test]
async fn presence_is_tracked_again_after_a_reconnect_and_not_forgotten() {
    let of_bob = Neighbours::with_presence().await;
    let project = &of_bob.project;
    of_bob.track(json!({ "n": 1 })).await;
    let room = private_room(&of_bob.alice).presence("alice");
    let mut room = room.subscribe().await.unwrap();
    room.sender().track(&json!({ "n": 1 })).await.unwrap();
    let joined = |event: &Event| match event {
        Event::Join(presence) if presence.key == "alice" => Some(()),
        _ => None,
    };
    find(&mut room, joined).await;
    project.control(json!({ "drop": null })).await;
    reconnected(&mut room).await;
    find(&mut room, joined).await;
    assert!(has_members(project, 2).await, "both are back");
    let present: Vec<String> = room.present().into_iter().map(|it| it.key).collect();
    assert_eq!(present, ["alice"]);
}

#[tokio::test]
async fn a_denied_channel_is_asked_for_once_and_not_for_ever() {
    let project = Project::start().await;
    let mallory = project.client(MALLORY);
    private_room(&mallory).subscribe().await.unwrap_err();
    let peer = project.peer().await;
    let config = json!({ "config": { "private": true } });
    peer.join(&mallory, "room", config).await;
    // The official client tries again after one second.
    project.await_tokens("refused join", 3).await;
    let log = project.log().await;
    let refused = log["tokens"].as_array().unwrap().iter();
    let ours = refused.filter(|token| token["by"] == "refused join" && token["socket"] == 1);
    assert_eq!(ours.count(), 1);
}

#[tokio::test]
async fn subscribe_ends_when_changes_arrive_and_not_before() {
    // The server needs half a second here until it is subscribed to the changes.
    let project = Project::with(json!({ "scale": 0.5 })).await;
    let alice = project.client(ALICE);
    let peer = project.peer().await;
    let changes = json!([{ "event": "*", "schema": "public", "table": "room_notes" }]);
    let joined = peer
        .join(&alice, "notes", json!({ "changes": changes }))
        .await;
    assert_eq!(joined["status"], "SUBSCRIBED");
    let heard = json!({ "client": ALICE, "topic": "notes" });
    let heard = peer.tell("heard", heard).await.to_string();
    assert!(!heard.contains("Subscribed to PostgreSQL"), "{heard}");

    let notes = alice.realtime().channel("notes");
    let change = Change::insert().table("room_notes");
    let mut notes = notes.postgres_changes(change).subscribe().await.unwrap();
    let row = format!("insert into room_notes (owner, body) values ('{ALICE}', 'at once')");
    project.sql(&row).await;
    let body = find(&mut notes, |event| match event {
        Event::Insert(insert) => Some(insert.row.as_str().contains("at once")),
        _ => None,
    });
    assert!(body.await);
}
