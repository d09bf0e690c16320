//! What SQL sends to a channel.

use scoped_runtime::realtime::{Broadcast, Event, Payload};
use serde_json::{Value, json};

use crate::support::{ALICE, Project, find, private_room};

fn message(event: &Event) -> Option<Broadcast> {
    match event {
        Event::Broadcast(message) => Some(message.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn changes_and_bytes_of_the_database_arrive_with_their_id() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let mut room = private_room(&alice).subscribe().await.unwrap();
    let row = format!("insert into room_notes (id, owner, body) values (1, '{ALICE}', 'first')");
    project.sql(&row).await;
    project
        .sql(
            "select realtime.broadcast_changes('room', 'INSERT', 'INSERT', 'room_notes', 'public', n, null::room_notes)
             from room_notes n",
        )
        .await;
    let change = find(&mut room, message).await;
    let read = change.read::<Value>().unwrap().payload;
    assert_eq!(
        (&*change.event, &read["table"]),
        ("INSERT", &json!("room_notes"))
    );
    assert_eq!(
        (&read["record"]["body"], &read["old_record"]),
        (&json!("first"), &Value::Null)
    );
    // The server writes the ID of the row into the payload, too.
    assert_eq!(read["id"].as_str(), change.id.as_deref());

    project
        .sql(
            "insert into realtime.messages (topic, extension, event, private, binary_payload)
             values ('room', 'broadcast', 'bytes', true, '\\x00ff01')",
        )
        .await;
    let bytes = find(&mut room, message).await;
    assert_eq!(bytes.payload, Payload::Bytes(vec![0, 0xff, 1].into()));
    assert!(bytes.id.is_some() && bytes.id != change.id);
    bytes.read::<Value>().unwrap_err();
}
