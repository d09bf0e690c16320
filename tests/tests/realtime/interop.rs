//! Ours and the official client on the same channels, in both directions.

use scoped_runtime::realtime::{Change, Event, Payload};
use scoped_runtime::{Error, RealtimeErrorKind};
use serde_json::{Value, json};

use crate::support::{
    ALICE, BOB, MALLORY, Neighbours, Project, broadcast, find, is_silent, private_room, synced,
};

/// The server is shaped by the protocol, not by our client: the official one passes against it by itself.
#[tokio::test]
async fn the_official_client_passes_against_the_server() {
    let postgres = scoped_runtime::testing::Postgres::with("server/realtime/migrations")
        .await
        .unwrap();
    let input = json!({ "database": postgres.admin_url() });
    let seen = scoped_tests::run_peer("realtime/official.mjs", &input)
        .await
        .unwrap();
    assert_eq!(seen.as_array().unwrap().len(), 27, "{seen}");
}

#[tokio::test]
async fn broadcasts_go_both_ways_in_every_shape() {
    let of_bob = Neighbours::start(json!({ "broadcast": { "ack": true } })).await;
    let room = private_room(&of_bob.alice).broadcast(true, false);
    let mut room = room.subscribe().await.unwrap();

    room.sender()
        .send("hello", &json!({ "n": 1 }))
        .await
        .unwrap();
    let heard = of_bob.bob_hears(|it| it["broadcast"] == "hello").await;
    assert_eq!(heard["payload"], json!({ "n": 1 }));
    room.sender()
        .send_bytes("raw", vec![0, 255, 1])
        .await
        .unwrap();
    let heard = of_bob.bob_hears(|it| it["broadcast"] == "raw").await;
    assert_eq!(heard["payload"], json!([0, 255, 1]));

    of_bob.bob_sends("reply", json!({ "n": 2 })).await;
    assert_eq!(broadcast(&mut room, "reply").await, json!({ "n": 2 }));
    let send = json!({ "client": BOB, "topic": "room", "event": "raw", "bytes": [7, 0] });
    assert_eq!(of_bob.peer.tell("sendBytes", send).await, "ok");
    let bytes = find(&mut room, |event| match event {
        Event::Broadcast(message) => Some(message.payload.clone()),
        _ => None,
    });
    assert_eq!(bytes.await, Payload::Bytes(vec![7, 0].into()));
}

#[tokio::test]
async fn presence_goes_both_ways() {
    let of_bob = Neighbours::with_presence().await;
    of_bob.track(json!({ "at": "door" })).await;

    let room = private_room(&of_bob.alice).presence("alice");
    let mut room = room.subscribe().await.unwrap();
    synced(&mut room).await;
    let present = room.present();
    assert_eq!((present.len(), &*present[0].key), (1, "bob"));
    assert_eq!(present[0].metas[0].read::<Value>().unwrap()["at"], "door");

    room.sender().track(&json!({ "at": "desk" })).await.unwrap();
    let heard = of_bob.bob_hears(|it| it["join"] == "alice").await;
    assert_eq!(heard["said"][0]["at"], "desk");
    room.sender().untrack().await.unwrap();
    of_bob.bob_hears(|it| it["leave"] == "alice").await;

    of_bob.track(json!({ "at": "window" })).await;
    let joined = |event: &Event| match event {
        Event::Join(presence) if presence.key == "bob" => {
            Some(presence.metas[0].read::<Value>().unwrap()["at"].clone())
        }
        _ => None,
    };
    assert_eq!(find(&mut room, joined).await, "window");
    of_bob.peer.tell("leave", json!({ "client": BOB })).await;
    let left = |event: &Event| match event {
        Event::Leave(presence) => Some(presence.key.clone()),
        _ => None,
    };
    find(&mut room, left).await;
    while !room.present().is_empty() {
        find(&mut room, left).await;
    }
}

#[tokio::test]
async fn both_get_the_same_changes_and_each_only_their_own_rows() {
    let project = Project::start().await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let peer = project.peer().await;
    let change = json!([{ "event": "*", "schema": "public", "table": "room_notes" }]);
    peer.join(&alice, "notes", json!({ "changes": change }))
        .await;
    let subscribe = |client: &scoped_runtime::ScopedClient| {
        let change = Change::all().schema("public").table("room_notes");
        client
            .realtime()
            .channel("notes")
            .postgres_changes(change)
            .subscribe()
    };
    let mut of_alice = subscribe(&alice).await.unwrap();
    let mut of_bob = subscribe(&bob).await.unwrap();
    peer.hears(&alice, "notes", |it| it["extension"] == "postgres_changes")
        .await;

    let sql = async |sql: &str| project.sql(sql).await;
    sql(&format!("insert into room_notes (id, owner, body, size) values (9007199254740993, '{ALICE}', 'first', 0.1)")).await;
    let row = find(&mut of_alice, |event| match event {
        Event::Insert(insert) => Some(insert.clone()),
        _ => None,
    })
    .await;
    assert!(
        row.row.as_str().contains("9007199254740993"),
        "{}",
        row.row.as_str()
    );
    assert_eq!(
        (&*row.commit.schema, &*row.commit.table),
        ("public", "room_notes")
    );
    assert_eq!(row.commit.columns[0].type_name, "int8");
    let heard = peer
        .hears(&alice, "notes", |it| it["change"] == "INSERT")
        .await;
    assert_eq!(heard["row"]["body"], "first");

    sql("update room_notes set body = 'second'").await;
    let update = find(&mut of_alice, |event| match event {
        Event::Update(update) => Some(update.read::<Value, Value>().unwrap()),
        _ => None,
    })
    .await;
    assert_eq!(
        (&update.old_row["body"], &update.row["body"]),
        (&json!("first"), &json!("second"))
    );
    peer.hears(&alice, "notes", |it| it["change"] == "UPDATE")
        .await;

    sql("delete from room_notes").await;
    for room in [&mut of_alice, &mut of_bob] {
        // Bob's first change of a row is the deletion: he saw neither of the others.
        let first = find(room, |event| match event {
            Event::Insert(_) | Event::Update(_) => Some(Err(())),
            Event::Delete(delete) => Some(Ok(delete.old_row.as_str().to_owned())),
            _ => None,
        });
        assert_eq!(first.await, Ok(r#"{"id": 9007199254740993}"#.to_owned()));
    }
    assert!(is_silent(&mut of_bob).await);
}

#[tokio::test]
async fn a_user_whom_the_policy_refuses_is_told_why_by_both() {
    let project = Project::start().await;
    let mallory = project.client(MALLORY);
    let refused = private_room(&mallory).subscribe().await;
    let Err(Error::Realtime(error)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
    assert_eq!(error.code(), Some("Unauthorized"));
    assert_eq!(error.topic(), Some("room"));
    assert!(error.is_denied());
    assert_eq!(
        error.to_string(),
        "the channel `room` is not joined (Unauthorized): You do not have permissions to read from this Channel \
         topic: room; a policy on `realtime.messages` has to allow it"
    );
    let peer = project.peer().await;
    let config = json!({ "config": { "private": true } });
    let joined = peer.join(&mallory, "room", config).await;
    assert_eq!(joined["status"], "CHANNEL_ERROR");
    assert!(
        joined["error"]
            .as_str()
            .unwrap()
            .contains("do not have permissions")
    );
}

#[tokio::test]
async fn a_member_who_may_not_write_is_told_with_acknowledgement_over_http_and_in_presence() {
    let project = Project::start().await;
    let update = "update room_members set may_write = false where user_id = '";
    project.sql(&format!("{update}{BOB}'")).await;
    let (alice, bob) = (project.client(ALICE), project.client(BOB));
    let mut of_alice = private_room(&alice).subscribe().await.unwrap();
    let denied = private_room(&bob).send("x", &json!({ "n": 1 })).await;
    let Err(Error::Realtime(error)) = denied else {
        panic!("{denied:?}")
    };
    assert!(error.is_denied(), "{error}");
    let of_bob = private_room(&bob)
        .presence("bob")
        .subscribe()
        .await
        .unwrap();
    let denied = of_bob.sender().track(&json!({ "n": 1 })).await;
    let Err(Error::Realtime(error)) = denied else {
        panic!("{denied:?}")
    };
    assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
    of_bob.sender().send("x", &json!({ "n": 2 })).await.unwrap();
    assert!(is_silent(&mut of_alice).await);
}

#[tokio::test]
async fn a_peer_of_the_old_protocol_gets_json_and_no_bytes() {
    let config = json!({ "broadcast": { "ack": true } });
    let of_bob = Neighbours::of_version("1.0.0", config).await;
    let room = private_room(&of_bob.alice).broadcast(true, false);
    let mut room = room.subscribe().await.unwrap();
    let sender = room.sender();
    sender.send_bytes("raw", vec![0, 255]).await.unwrap();
    sender.send("json", &json!({ "n": 1 })).await.unwrap();
    // The first that it hears is the second that was sent.
    let heard = of_bob.bob_hears(|it| !it["broadcast"].is_null());
    assert_eq!(heard.await["broadcast"], "json");
    of_bob.bob_sends("reply", json!({ "n": 2 })).await;
    assert_eq!(broadcast(&mut room, "reply").await, json!({ "n": 2 }));
}
