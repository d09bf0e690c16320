//! A thousand clients of as many users in one process, each with a private channel: memory, who hears what, and how they
//! come back after the server has died.

use std::time::{Duration, Instant};

use scoped_runtime::realtime::{Event, Subscription};
use scoped_runtime::testing::Postgres;
use serde_json::{Value, json};

use crate::Result;
use crate::server::{Server, clients, cpu_seconds, files, memory};

const ROOMS: usize = 100;
const MEMBERS: usize = 10;
const MESSAGES: usize = 112;

pub(crate) async fn run() -> Result {
    let postgres = Postgres::with(files().join("realtime/migrations")).await?;
    let user = |n: usize| format!("{n:08x}-0000-4000-8000-000000000000");
    let rows: Vec<String> = (0..ROOMS * MEMBERS)
        .map(|n| format!("('crowd {}', '{}')", n % ROOMS, user(n)))
        .collect();
    let rows = rows.join(",");
    postgres.sql(&format!("insert into room_members (topic, user_id) values {rows}")).await?;
    let server = Server::start(&postgres, 0).await?;
    server.control(json!({ "keepFrames": false })).await?;
    let project = clients(&server.url())?;
    let all = (0..ROOMS * MEMBERS).map(|n| project.get(user(n)));
    let all: std::result::Result<Vec<_>, _> = all.collect();
    let all = all?;
    let before = memory()?;
    let start = Instant::now();
    let joining: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(n, client)| {
            let room = client.realtime().channel(format!("crowd {}", n % ROOMS));
            tokio::spawn(room.private().subscribe())
        })
        .collect();
    let mut rooms = Vec::new();
    for joined in joining {
        rooms.push(joined.await??);
    }
    println!("{} clients joined in {:.1} s", rooms.len(), start.elapsed().as_secs_f64());
    let each = f64::from(memory()? - before) / f64::from(u32::try_from(rooms.len())?);
    println!("{each:.1} KiB a client, with connection, channel and task");
    talk(&mut rooms).await?;

    let port = server.port;
    server.kill().await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let start = Instant::now();
    let server = Server::start(&postgres, port).await?;
    for room in &mut rooms {
        while !matches!(room.next().await.ok_or("ended")??, Event::Reconnected(_)) {}
    }
    println!("all joined again {:.1} s after the server was back", start.elapsed().as_secs_f64());
    let log = server.control(json!({ "log": null })).await?;
    let opened = log["log"]["sockets"].as_array().ok_or("no log")?.iter();
    let mut opened: Vec<u64> = opened
        .filter(|socket| socket["event"] == "opened")
        .filter_map(|socket| socket["at"].as_u64())
        .collect();
    opened.sort_unstable();
    let busiest = opened.iter().map(|at| opened.iter().filter(|it| (*at..*at + 100).contains(it)).count()).max();
    println!(
        "{} connections over {} ms, at most {} in 100 ms",
        opened.len(),
        opened.last().unwrap_or(&0) - opened.first().unwrap_or(&0),
        busiest.unwrap_or_default(),
    );
    talk(&mut rooms).await
}

/// The first member of each room sends, and every other one has to hear exactly that.
async fn talk(rooms: &mut Vec<Subscription>) -> Result {
    let start = (Instant::now(), cpu_seconds()?);
    let hearing: Vec<_> = rooms
        .split_off(ROOMS)
        .into_iter()
        .enumerate()
        .map(|(number, mut room)| {
            tokio::spawn(async move {
                for n in 0..MESSAGES {
                    loop {
                        match room.next().await.ok_or("ended")? {
                            Ok(Event::Broadcast(message)) => {
                                let heard = message.read::<Value>().map_err(|_| "not JSON")?.payload;
                                if heard != json!({ "room": number % ROOMS, "n": n }) {
                                    return Err("another message");
                                }
                                break;
                            }
                            Ok(_) => {}
                            Err(_) => return Err("an error"),
                        }
                    }
                }
                Ok(room)
            })
        })
        .collect();
    for n in 0..MESSAGES {
        for (number, room) in rooms.iter().enumerate() {
            room.sender().send("talk", &json!({ "room": number, "n": n })).await?;
        }
    }
    for heard in hearing {
        rooms.push(heard.await??);
    }
    let count = ROOMS * (MEMBERS - 1) * MESSAGES;
    println!(
        "{count} events, each heard by its members alone, in {:.1} s ({:.1} s CPU)",
        start.0.elapsed().as_secs_f64(),
        cpu_seconds()? - start.1,
    );
    Ok(())
}
