//! Changes of rows: refused, incomplete, and after a renewed token or a reconnect.

use std::time::Duration;

use scoped_runtime::realtime::{Change, Event};
use scoped_runtime::testing::ManualClock;
use scoped_runtime::{ClientError, Error, RealtimeErrorKind};
use serde_json::{Value, json};

use crate::support::{
    ALICE, BOB, Project, find, interrupted, is_silent, reconnected, while_passing,
};

#[tokio::test]
async fn changes_that_cannot_be_subscribed_to_are_an_error_with_the_servers_words() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    for change in [
        Change::insert().table("unpublished"),
        Change::insert().table("room_notes").filter("nocolumn=eq.1"),
    ] {
        let channel = alice
            .realtime()
            .channel("x")
            .postgres_changes(Change::all().table("room_notes"));
        let Err(Error::Realtime(error)) = channel.postgres_changes(change).subscribe().await else {
            panic!("not refused")
        };
        assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
        assert!(error.reason().contains("Unable to subscribe"), "{error}");
    }
    for change in [
        Change::insert().table("room_notes").filter("nonsense"),
        Change::insert().table("room_notes").filter("id=near.5"),
        Change::insert().table("room_notes").eq("body", "a,b"),
        Change::insert().filter("id=eq.5"),
    ] {
        let refused = alice
            .realtime()
            .channel("x")
            .postgres_changes(change)
            .subscribe()
            .await;
        assert!(
            matches!(
                refused,
                Err(Error::Client(ClientError::InvalidQuery { .. }))
            ),
            "{refused:?}"
        );
    }
    assert!(project.log().await["open"] == 0, "nothing is left open");
}

#[tokio::test]
async fn rows_that_the_server_cannot_read_say_why() {
    let project = Project::start().await;
    let alice = project.client(ALICE);
    let mut changes = alice
        .realtime()
        .channel("x")
        .postgres_changes(Change::insert().table("room_secret"))
        .postgres_changes(Change::insert().table("room_keyless"))
        .postgres_changes(Change::insert().table("room_notes"))
        .subscribe()
        .await
        .unwrap();
    let insert = |event: &Event| match event {
        Event::Insert(insert) => Some(insert.clone()),
        _ => None,
    };
    project.sql("insert into room_secret values (1, 'x')").await;
    let denied = find(&mut changes, insert).await;
    assert_eq!(denied.commit.errors, ["Error 401: Unauthorized"]);
    assert_eq!(
        (denied.row.as_str(), denied.commit.timestamp.as_ref()),
        ("{}", None)
    );
    let error = denied.read::<Value>().unwrap_err();
    assert!(
        error.to_string().contains("Error 401: Unauthorized"),
        "{error}"
    );
    project.sql("insert into room_keyless values ('x')").await;
    let keyless = find(&mut changes, insert).await;
    assert_eq!(
        keyless.commit.errors,
        ["Error 400: Bad Request, no primary key"]
    );
    let large =
        format!("insert into room_notes (owner, body) values ('{ALICE}', repeat('x', 1100000))");
    project.sql(&large).await;
    let large = find(&mut changes, insert).await;
    assert_eq!(large.commit.errors, ["Error 413: Payload Too Large"]);
}

#[tokio::test]
async fn changes_go_on_after_a_renewed_token_and_after_a_reconnect() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let alice = project.clients_with(clock.clone()).get(ALICE).unwrap();
    let change = Change::insert().table("room_notes").eq("body", "mine");
    let mut changes = alice
        .realtime()
        .channel("x")
        .postgres_changes(change)
        .subscribe()
        .await
        .unwrap();
    clock.pass(Duration::from_secs(3600 - 60 + 1));
    let subscribed = |event: &Event| match event {
        Event::System(system) => Some(system.message.clone()),
        _ => None,
    };
    // The first message has come before `subscribe` returned; the second follows the new token.
    for _ in 0..2 {
        assert_eq!(
            find(&mut changes, subscribed).await,
            "Subscribed to PostgreSQL"
        );
    }
    let insert = async || {
        for (owner, body) in [(BOB, "mine"), (ALICE, "other"), (ALICE, "mine")] {
            let row = format!("insert into room_notes (owner, body) values ('{owner}', '{body}')");
            project.sql(&row).await;
        }
    };
    let row = |event: &Event| match event {
        Event::Insert(insert) => Some(insert.read::<Value>().unwrap().row),
        _ => None,
    };
    insert().await;
    assert_eq!(find(&mut changes, row).await["owner"], ALICE);
    project.control(json!({ "drop": null })).await;
    interrupted(&mut changes).await;
    // Only when the server is subscribed again is the channel whole.
    while_passing(&clock, Duration::from_secs(3), reconnected(&mut changes)).await;
    insert().await;
    assert_eq!(find(&mut changes, row).await["body"], "mine");
    assert!(is_silent(&mut changes).await);
}
