//! A client without a user: the API key alone, in the role `anon`.

use scoped_runtime::realtime::{Change, Event};
use scoped_runtime::{Error, RealtimeErrorKind};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, Project, broadcast, find, interrupted, is_silent, reconnected};

#[tokio::test]
async fn an_anonymous_client_takes_part_in_a_public_channel_without_a_token() {
    let project = Project::start().await;
    let anonymous = project.clients().anonymous().unwrap();
    let lobby = anonymous.realtime().channel("lobby");
    let lobby = lobby.presence("visitor").broadcast(true, false);
    let mut lobby = lobby.subscribe().await.unwrap();
    let alice = project.client(ALICE);
    let of_alice = alice.realtime().channel("lobby").broadcast(true, false);
    let mut of_alice = of_alice.subscribe().await.unwrap();

    let hello = json!({ "from": "alice" });
    of_alice.sender().send("hello", &hello).await.unwrap();
    assert_eq!(broadcast(&mut lobby, "hello").await, hello);
    let hello = json!({ "from": "a visitor" });
    lobby.sender().send("hello", &hello).await.unwrap();
    assert_eq!(broadcast(&mut of_alice, "hello").await, hello);
    lobby.sender().track(&json!({ "n": 1 })).await.unwrap();
    let over_http = anonymous.realtime().channel("lobby");
    over_http.send("over http", &hello).await.unwrap();
    assert_eq!(broadcast(&mut of_alice, "over http").await, hello);

    let joins = project.frames("phx_join").await;
    assert_eq!(joins[0][4].get("access_token"), None, "{}", joins[0]);
    let log = project.log().await;
    let token = &log["tokens"][0];
    assert_eq!((&token["by"], token.get("token")), (&json!("join"), None));
    let shown = format!("{:?} {lobby:?}", anonymous.realtime());
    assert!(shown.contains("user_id: None"), "{shown}");
}

#[tokio::test]
async fn policies_for_anon_decide_on_private_channels_and_rows() {
    let project = Project::start().await;
    let anonymous = project.clients().anonymous().unwrap();
    let private = |name: &str| anonymous.realtime().channel(name).private();
    let Err(Error::Realtime(denied)) = private("lobby").subscribe().await else {
        panic!("not refused")
    };
    assert!(denied.is_denied(), "{denied}");
    for sql in [
        "create policy anon_reads on realtime.messages for select to anon using (realtime.topic() = 'lobby')",
        "grant select on room_notes to anon",
        "create policy anon_rows on room_notes for select to anon using (body = 'public')",
    ] {
        project.sql(sql).await;
    }
    let change = Change::insert().table("room_notes");
    let lobby = private("lobby").postgres_changes(change);
    let mut lobby = lobby.subscribe().await.unwrap();
    // With a channel that is joined, the next one is asked for on a connection of its own.
    let Err(Error::Realtime(denied)) = private("room").subscribe().await else {
        panic!("not refused")
    };
    assert!(denied.is_denied(), "{denied}");
    for (owner, body) in [(ALICE, "private"), (BOB, "private"), (BOB, "public")] {
        let row = format!("insert into room_notes (owner, body) values ('{owner}', '{body}')");
        project.sql(&row).await;
    }
    let row = find(&mut lobby, |event| match event {
        Event::Insert(insert) => Some(insert.read::<Value>().unwrap().row),
        _ => None,
    });
    let row = row.await;
    assert_eq!(
        (&row["owner"], &row["body"]),
        (&json!(BOB), &json!("public"))
    );
    assert!(is_silent(&mut lobby).await);
}

/// The gateway puts a short-lived token in the place of a publishable key: for a new one, a new connection is made.
#[tokio::test]
async fn an_expired_token_of_the_api_key_is_replaced_by_a_new_connection() {
    let project = Project::start().await;
    let anonymous = project.clients().anonymous().unwrap();
    let mut lobby = anonymous
        .realtime()
        .channel("lobby")
        .subscribe()
        .await
        .unwrap();
    let message = "Token has expired 0 seconds ago";
    let fail = json!({ "fail": { "topic": "lobby", "message": message } });
    project.control(fail).await;
    let error = interrupted(&mut lobby).await;
    assert_eq!(error.kind(), RealtimeErrorKind::NewToken);
    reconnected(&mut lobby).await;
    let log = project.log().await;
    let sockets = log["sockets"].as_array().unwrap().iter();
    let opened = sockets.filter(|socket| socket["event"] == "opened");
    assert_eq!(opened.count(), 2);

    let reason = "InvalidJWTToken: Token has expired 3 seconds ago";
    let refuse = json!({ "refuseJoins": { "reason": reason } });
    project.misbehave(refuse).await;
    let refused = anonymous.clone().realtime().channel("second");
    let Err(Error::Realtime(error)) = refused.subscribe().await else {
        panic!("not refused")
    };
    assert_eq!(error.code(), Some("InvalidJWTToken"));
    assert_eq!(
        project.log().await["tokens"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|token| token["by"] == "refused join" && token["topic"] == "realtime:second")
            .count(),
        2
    );
}
