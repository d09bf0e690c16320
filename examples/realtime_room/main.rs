//! Two users in a private room: messages, presence, changes of rows, and a stranger whom the policies keep out.
//!
//! Run it with `cargo run --example realtime_room`. It starts a PostgreSQL and a server that speaks Realtime's protocol
//! by itself; the first run installs them, which takes a minute.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people: it says what it does, and waits for real time"
)]

mod server;

use std::process::ExitCode;
use std::time::Duration;

use scoped_examples::program::{Result, ended, step};
use scoped_runtime::realtime::{Change, Event, Subscription};
use scoped_runtime::{Error, ScopedClient};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::server::Server;

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
const BOB: &str = "b0b00000-0000-4000-8000-000000000002";
const MALLORY: &str = "0dd00000-0000-4000-8000-000000000003";

#[derive(Serialize, Deserialize)]
struct Hello {
    text: String,
}

#[derive(Deserialize)]
struct Note {
    body: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let all = tokio::time::timeout(Duration::from_mins(2), run()).await;
    ended(
        all.unwrap_or_else(|_| Err("it took more than two minutes".into())),
        "All checks passed: members met in the room, and a stranger stayed outside.",
    )
}

async fn run() -> Result {
    println!(
        "Starting PostgreSQL and Realtime (the first start installs them, which takes a minute) ..."
    );
    let server = Server::start(&[ALICE, BOB]).await?;
    let clients = server.clients()?;
    let (alice, bob) = (clients.get(ALICE)?, clients.get(BOB)?);

    let mut of_alice = join(&alice, "alice").await?;
    let mut of_bob = join(&bob, "bob").await?;
    println!("Alice and Bob have joined the private room.");

    let text = "is anyone here?".to_owned();
    of_alice.sender().send("hello", &Hello { text }).await?;
    let heard = until(&mut of_bob, |event| match event {
        Event::Broadcast(message) => Some(message.read::<Hello>()),
        _ => None,
    });
    step(
        heard.await??.payload.text == "is anyone here?",
        "Bob hears what Alice says",
    )?;

    of_bob.sender().track(&json!({ "at": "door" })).await?;
    let joined = until(&mut of_alice, |event| match event {
        Event::Join(presence) => Some(presence.key.clone()),
        _ => None,
    });
    step(joined.await? == "bob", "Alice sees that Bob is present")?;

    server.insert_note(ALICE, "milk").await?;
    let inserted = until(&mut of_alice, |event| match event {
        Event::Insert(insert) => Some(insert.read::<Note>()),
        _ => None,
    });
    step(
        inserted.await??.row.body == "milk",
        "Alice learns of a new row of hers",
    )?;

    let refused = clients
        .get(MALLORY)?
        .realtime()
        .channel("room")
        .private()
        .subscribe()
        .await;
    let is_denied = matches!(&refused, Err(Error::Realtime(error)) if error.is_denied());
    step(is_denied, "Mallory is refused by the policy")?;

    server.drop_connections().await?;
    for room in [&mut of_alice, &mut of_bob] {
        let back = until(room, |event| {
            matches!(event, Event::Reconnected(_)).then_some(())
        });
        back.await?;
    }
    of_bob
        .sender()
        .send(
            "hello",
            &Hello {
                text: "still here".to_owned(),
            },
        )
        .await?;
    let heard = until(&mut of_alice, |event| match event {
        Event::Broadcast(message) => Some(message.read::<Hello>()),
        _ => None,
    });
    step(
        heard.await??.payload.text == "still here",
        "both are back after the connections were lost",
    )?;

    alice.close();
    let ended = until(&mut of_alice, |_| None::<()>).await;
    step(
        ended.is_err(),
        "Alice's channel ends when her client is closed",
    )
}

async fn join(client: &ScopedClient, key: &str) -> Result<Subscription> {
    let room = client
        .realtime()
        .channel("room")
        .private()
        .presence(key)
        .broadcast(true, false);
    let change = Change::insert().schema("public").table("room_notes");
    Ok(room.postgres_changes(change).subscribe().await?)
}

/// The next event for which the function returns something.
async fn until<T>(room: &mut Subscription, is_it: impl Fn(&Event) -> Option<T>) -> Result<T> {
    while let Some(event) = room.next().await {
        if let Some(found) = is_it(&event?) {
            return Ok(found);
        }
    }
    Err("the channel has ended".into())
}
