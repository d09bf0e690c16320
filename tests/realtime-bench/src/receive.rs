//! A hundred channels on one connection, and a thousand messages to each of them, for each client in a process of its own.

use std::process::Stdio;
use std::time::Duration;

use scoped_runtime::realtime::Event;
use scoped_runtime::testing::Postgres;
use serde_json::{Value, json};
use supabase_realtime_rs::{ChannelEvent, RealtimeClient, RealtimeClientOptions};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::Result;
use crate::server::{KEY, Server, clients, control, cpu_seconds, files, memory, node};

const CHANNELS: usize = 100;
const MESSAGES: usize = 1000;
const BYTES: usize = 200;

/// Starts each client in turn, floods it, and prints what it used.
pub(crate) async fn compare() -> Result {
    let postgres = Postgres::with(files().join("realtime/migrations")).await?;
    let server = Server::start(&postgres, 0).await?;
    server.control(json!({ "keepFrames": false })).await?;
    let topics: Vec<String> = (0..CHANNELS).map(|n| format!("bench {n}")).collect();
    let this = std::env::current_exe()?;
    println!("{CHANNELS} channels, {MESSAGES} messages of {BYTES} bytes to each");
    for _ in 0..3 {
        for name in ["ours", "other", "realtime-js"] {
            let mut command = if name == "realtime-js" {
                let mut command = Command::new(node());
                command.arg(files().join("realtime/receive.mjs"));
                command.args([CHANNELS.to_string(), MESSAGES.to_string(), KEY.to_owned()]);
                command
            } else {
                let mut command = Command::new(&this);
                command.arg(name);
                command
            };
            let child = command.arg(server.url()).stdout(Stdio::piped()).kill_on_drop(true);
            let mut child = child.spawn()?;
            let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
            lines.next_line().await?.ok_or("the client did not join")?;
            let flood = json!({ "flood": { "topics": topics, "count": MESSAGES, "bytes": BYTES } });
            server.control(flood).await?;
            let line = lines.next_line().await?.ok_or("the client did not finish")?;
            let used: Value = serde_json::from_str(&line)?;
            let cpu = used["cpu"].as_f64().unwrap_or_default();
            let messages = used["messages"].as_f64().unwrap_or_default();
            println!(
                "{name:>12}: {messages:>7} messages, {cpu:.2} s CPU, {:>8.0} messages per CPU-second, \
                 {:.1} KiB per channel joined, {:.1} MiB at the end",
                messages / cpu.max(0.01),
                used["per_channel"].as_f64().unwrap_or_default(),
                used["memory"].as_f64().unwrap_or_default() / 1024.0,
            );
            child.wait().await?;
        }
    }
    Ok(())
}

/// Our client.
pub(crate) async fn ours(url: &str) -> Result {
    let alice = clients(url)?.get("a11ce000-0000-4000-8000-000000000001")?;
    let realtime = alice.realtime();
    let first = realtime.channel("first").subscribe().await?;
    let before = memory()?;
    let mut rooms = Vec::new();
    for n in 0..CHANNELS {
        let room = realtime.channel(format!("bench {n}")).queue(10_000);
        rooms.push(room.subscribe().await?);
    }
    let joined = memory()?;
    let start = cpu_seconds()?;
    println!("ready");
    let mut reading = Vec::new();
    for mut room in rooms {
        reading.push(tokio::spawn(async move {
            let mut count = 0;
            while count < MESSAGES
                && let Some(Ok(event)) = room.next().await
            {
                if let Event::Broadcast(message) = event {
                    let value = message.read::<Value>().map(|it| it.payload["n"].is_u64());
                    count += usize::from(value.unwrap_or_default());
                }
            }
            count
        }));
    }
    let mut messages = 0;
    for reader in reading {
        messages += reader.await?;
    }
    drop(first);
    report(messages, start, before, joined)
}

/// The other Rust client. It connects to the URL as it is, adds only the API key, and speaks the protocol 1.0.0. Its
/// documentation leaves out `/websocket`, without which no server answers.
pub(crate) async fn other(url: &str) -> Result {
    let server = url;
    let url = format!("{}/realtime/v1/websocket", url.replace("http", "ws"));
    let options = RealtimeClientOptions {
        api_key: KEY.to_owned(),
        ..Default::default()
    };
    let client = RealtimeClient::new(&url, options)?;
    client.connect().await?;
    let first = client.channel("first", Default::default()).await;
    first.subscribe().await?;
    let before = memory()?;
    let mut receivers = Vec::new();
    for n in 0..CHANNELS {
        let channel = client.channel(&format!("bench {n}"), Default::default()).await;
        receivers.push(channel.on(ChannelEvent::broadcast("flood")).await);
        channel.subscribe().await?;
    }
    // It does not wait for the server's answer.
    let last = json!({ "members": { "topic": format!("bench {}", CHANNELS - 1), "isPrivate": false } });
    while control(server, last.clone()).await?["members"] != 1 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let joined = memory()?;
    let start = cpu_seconds()?;
    println!("ready");
    let mut reading = Vec::new();
    for mut receiver in receivers {
        reading.push(tokio::spawn(async move {
            let mut count = 0;
            // A queue of 100 messages for each channel; when one is full, the connection waits.
            while count < MESSAGES {
                let next = tokio::time::timeout(Duration::from_secs(5), receiver.recv());
                match next.await {
                    Ok(Some(_)) => count += 1,
                    _ => break,
                }
            }
            count
        }));
    }
    let mut messages = 0;
    for reader in reading {
        messages += reader.await?;
    }
    report(messages, start, before, joined)
}

fn report(messages: usize, start: f64, before: u32, joined: u32) -> Result {
    let per_channel = f64::from(joined.saturating_sub(before)) / 100.0;
    let used = json!({
        "messages": messages,
        "cpu": cpu_seconds()? - start,
        "per_channel": per_channel,
        "memory": memory()?,
    });
    println!("{used}");
    std::process::exit(0);
}
