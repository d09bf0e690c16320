//! Must show 4: `just soak` asks for ten minutes, and looks at memory and descriptors at both ends.
#![allow(clippy::disallowed_methods, reason = "a recipe says how long it takes")]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::crowd::{Dice, misbehave, misbehave_http2};
use crate::support::{Certificate, Server, config, http2, project};

const USERS: u64 = 64;

/// Resident memory in kilobytes, and open descriptors.
fn used() -> (i64, i64) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.unwrap().trim().trim_end_matches(" kB");
    let descriptors = fs::read_dir("/proc/self/fd").unwrap().count();
    (
        kilobytes.parse().unwrap(),
        i64::try_from(descriptors).unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes ten minutes; `just soak`"]
#[expect(clippy::disallowed_methods, reason = "the recipe says how long")]
async fn memory_and_descriptors_are_the_same_after_ten_minutes() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(600, |text| text.parse().unwrap());
    let (dice, certificate) = (Arc::new(Dice(AtomicU64::new(7))), Certificate::new());
    let rolls = Arc::clone(&dice);
    let plain = Server::start(move |mut stream, _| {
        let dice = Arc::clone(&rolls);
        async move { misbehave(&mut stream, &dice).await }
    })
    .await;
    let rolls = Arc::clone(&dice);
    let encrypted = http2(
        &certificate,
        h2::server::Builder::new(),
        move |connection, _| misbehave_http2(connection, Arc::clone(&rolls)),
    )
    .await;
    let trusting = config(&encrypted.https()).root_certificate(certificate.authority.clone());
    // A small cache, which is full when the first look is taken.
    let projects = [config(&plain.http()), trusting].map(|one| project(one.shared_sessions(64)));
    let count = Arc::new(AtomicU64::new(0));
    let users = (0..USERS).map(|user| {
        let clients = projects[usize::from(user % 2 == 1)].clone();
        let (dice, count) = (Arc::clone(&dice), Arc::clone(&count));
        tokio::spawn(async move {
            let user = format!("00000000-0000-4000-8000-{user:012x}");
            loop {
                let client = clients
                    .user(&*user)
                    .claim("round", dice.roll(1000))
                    .client()
                    .unwrap();
                for _ in 0..dice.roll(20) {
                    let patience = Duration::from_millis(1 + dice.roll(2000));
                    let query = client.from("notes").execute();
                    let _ = tokio::time::timeout(patience, query).await;
                    count.fetch_add(1, Ordering::Relaxed);
                }
                if dice.roll(50) == 0 {
                    clients.close_user(&*user).unwrap();
                }
            }
        })
    });
    let users: Vec<_> = users.collect();
    // What is made once has been made by then.
    tokio::time::sleep(Duration::from_secs(seconds / 10)).await;
    let begin = used();
    println!("begin: {} kB, {} descriptors", begin.0, begin.1);
    tokio::time::sleep(Duration::from_secs(seconds - seconds / 10)).await;
    let end = used();
    let asked = count.load(Ordering::Relaxed);
    println!(
        "end:   {} kB, {} descriptors, {asked} requests",
        end.0, end.1
    );
    for user in users {
        user.abort();
    }
    assert!(end.0 < begin.0 + begin.0 / 4 + 8192, "memory grows");
    assert!(end.1 < begin.1 + 64, "descriptors grow");
}
