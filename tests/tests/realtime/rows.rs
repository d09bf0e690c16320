//! Changes of rows: which of them arrive, with which old row, and how often.

use scoped_runtime::ScopedClient;
use scoped_runtime::realtime::{Change, Event, Subscription};
use serde_json::Value;

use crate::support::{ALICE, BOB, Project, find, is_silent};

async fn notes(client: &ScopedClient, name: &str, changes: &[Change]) -> Subscription {
    let mut channel = client.realtime().channel(name);
    for change in changes {
        channel = channel.postgres_changes(change.clone());
    }
    let mut room = channel.subscribe().await.unwrap();
    let subscribed = |event: &Event| matches!(event, Event::System(_)).then_some(());
    find(&mut room, subscribed).await;
    room
}

async fn insert(project: &Project) {
    let row = format!("insert into room_notes (id, owner, body) values (1, '{ALICE}', 'first')");
    project.sql(&row).await;
}

fn inserted(event: &Event) -> Option<()> {
    matches!(event, Event::Insert(_)).then_some(())
}

fn updated(event: &Event) -> Option<(Value, Value)> {
    let Event::Update(update) = event else {
        return None;
    };
    let update = update.read::<Value, Value>().unwrap();
    Some((update.old_row, update.row))
}

#[tokio::test]
async fn an_old_row_has_the_key_alone_and_rows_that_become_invisible_are_not_told() {
    let project = Project::start().await;
    project
        .sql("alter table room_notes replica identity default")
        .await;
    let all = [Change::all().table("room_notes")];
    let mut of_alice = notes(&project.client(ALICE), "notes", &all).await;
    let mut of_bob = notes(&project.client(BOB), "notes", &all).await;
    insert(&project).await;
    find(&mut of_alice, inserted).await;
    project.sql("update room_notes set body = 'second'").await;
    let (old, new) = find(&mut of_alice, updated).await;
    assert_eq!(old, serde_json::json!({ "id": 1 }));
    assert_eq!(new["body"], "second");
    assert!(is_silent(&mut of_bob).await, "the row is Alice's");

    let update = format!("update room_notes set owner = '{BOB}'");
    project.sql(&update).await;
    assert_eq!(find(&mut of_bob, updated).await.1["owner"], BOB);
    project.sql("truncate room_notes").await;
    assert!(is_silent(&mut of_alice).await, "neither is told to Alice");
    assert!(
        is_silent(&mut of_bob).await,
        "a truncation is told to no one"
    );
}

#[tokio::test]
async fn a_change_that_was_asked_for_twice_arrives_once_on_each_channel() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let change = Change::insert().table("room_notes");
    let mut first = notes(&alice, "first", &[change.clone(), change.clone()]).await;
    let mut second = notes(&alice, "second", &[change]).await;
    insert(&project).await;
    for room in [&mut first, &mut second] {
        find(room, inserted).await;
        assert!(is_silent(room).await);
    }
}
