//! Many users at once: each hears only what the policies allow, and all come back after the server was away.

use std::time::Duration;

use scoped_runtime::realtime::{Event, Subscription};
use serde_json::{Value, json};

use crate::support::{Project, reconnected};

const ROOMS: usize = 15;
const MEMBERS: usize = 10;
const MESSAGES: usize = 30;

fn user(n: usize) -> String {
    format!("{n:08x}-0000-4000-8000-000000000000")
}

#[tokio::test]
async fn a_crowd_hears_only_its_rooms_and_comes_back_spread_out() {
    let project = Project::start().await;
    let mut rows = Vec::new();
    for n in 0..ROOMS * MEMBERS {
        rows.push(format!("('crowd {}', '{}')", n % ROOMS, user(n)));
    }
    let rows = format!(
        "insert into room_members (topic, user_id) values {}",
        rows.join(",")
    );
    project.sql(&rows).await;
    let clients = project.clients();
    let mut joining = Vec::new();
    for n in 0..ROOMS * MEMBERS {
        let client = clients.get(user(n)).unwrap();
        let room = client
            .realtime()
            .channel(format!("crowd {}", n % ROOMS))
            .private();
        joining.push(tokio::spawn(room.broadcast(true, false).subscribe()));
    }
    let mut rooms = Vec::new();
    for joined in joining {
        rooms.push(joined.await.unwrap().unwrap());
    }
    talk(&mut rooms).await;

    project.control(json!({ "log": "clear" })).await;
    project.control(json!({ "drop": null })).await;
    for room in &mut rooms {
        reconnected(room).await;
    }
    let log = project.log().await;
    let opened = log["sockets"].as_array().unwrap().iter();
    let mut opened: Vec<u64> = opened
        .filter(|socket| socket["event"] == "opened")
        .map(|socket| socket["at"].as_u64().unwrap())
        .collect();
    opened.sort_unstable();
    assert_eq!(opened.len(), rooms.len());
    // Pauses are spread over 1.8 s: no quarter of them falls together.
    let fastest = opened
        .windows(rooms.len() / 4)
        .map(|some| some[some.len() - 1] - some[0])
        .min();
    assert!(fastest > Some(150), "{fastest:?}");
    talk(&mut rooms).await;
}

/// The first member of each room sends, and every other one hears exactly that.
async fn talk(rooms: &mut [Subscription]) {
    for (number, room) in rooms[..ROOMS].iter().enumerate() {
        for n in 0..MESSAGES {
            let message = json!({ "room": number, "n": n });
            room.sender().send("talk", &message).await.unwrap();
        }
    }
    for (number, room) in rooms.iter_mut().enumerate().skip(ROOMS) {
        for n in 0..MESSAGES {
            let next = tokio::time::timeout(Duration::from_secs(20), room.next());
            let Event::Broadcast(message) = next.await.unwrap().unwrap().unwrap() else {
                panic!("another event")
            };
            let payload = message.read::<Value>().unwrap().payload;
            assert_eq!(payload, json!({ "room": number % ROOMS, "n": n }));
        }
    }
}
