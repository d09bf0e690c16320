//! `just soak` runs this test for ten minutes and compares memory and descriptors at the beginning and the
//! end. The load consists of clients, callers whose tokens are verified, impersonation, slow audit sinks,
//! rotated keys, closed users, and misbehaving servers.
#![allow(clippy::disallowed_methods, reason = "a recipe says how long it takes")]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use scoped_runtime::{
    AsyncAuditSink, AuditSink, Caller, Error, MintRecord, Rotation, ScopedClient, ScopedClients,
    SigningKey, impersonate,
};
use scoped_tests::Random;

use crate::crowd::{misbehave, misbehave_http2};
use crate::support::{Certificate, SECRET, Server, config, http2, project};

const USERS: u64 = 64;

/// A slow audit sink, in a blocking and an asynchronous form.
#[derive(Debug)]
struct Slow(Random);

type Recorded = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl AuditSink for Slow {
    fn record(&self, _: &MintRecord<'_>) -> Recorded {
        std::thread::sleep(Duration::from_millis(self.0.roll(4)));
        Ok(())
    }
}

impl AsyncAuditSink for Slow {
    async fn record(&self, _: &MintRecord<'_>) -> Recorded {
        tokio::time::sleep(Duration::from_millis(self.0.roll(4))).await;
        Ok(())
    }
}

#[impersonate(user = user, actor = "soak", reason = reason, via = clients)]
async fn as_the_user(
    clients: &ScopedClients,
    user: &str,
    reason: &str,
    #[scoped] db: ScopedClient,
) -> Result<(), Error> {
    db.from("notes").execute().await?;
    Ok(())
}

/// Makes a client in one of the ways that a service does.
async fn client(clients: &ScopedClients, user: &str, dice: &Random) -> Result<ScopedClient, Error> {
    let made = clients
        .user(user)
        .claim("round", dice.roll(1000))
        .client()?;
    match dice.roll(4) {
        0 => Ok(made.read_only()),
        1 => Ok(made.narrow().client()?),
        way => {
            let token = made.token_async().await?;
            let caller: Caller = clients.verifier().verify(token.expose_secret()).await?;
            if way == 2 {
                caller.client(clients).client()
            } else {
                caller.forward_token(clients)
            }
        }
    }
}

/// Rotates keys with the same secret. The servers verify the tokens with it.
async fn rotate(projects: [ScopedClients; 2]) {
    for round in 0_u64.. {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let key = SigningKey::hs256_with_kid(SECRET, &format!("key {round}")).unwrap();
        let clients = &projects[usize::from(round % 4 > 1)];
        if round % 2 == 0 {
            clients.rotate(Rotation::from(key).at_once());
        } else {
            clients.rotate(key);
        }
    }
}

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
async fn memory_and_descriptors_do_not_grow() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(600, |text| text.parse().unwrap());
    let (dice, certificate) = (Arc::new(Random::new(7)), Certificate::new());
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
    // The cache is small, so that it is full at the first measurement.
    let plain = config(&plain.http()).audit(Slow(Random::new(8)));
    let trusting = trusting.audit_async(Slow(Random::new(9)));
    let projects = [plain, trusting].map(|one| project(one.shared_sessions(64)));
    let rotation = tokio::spawn(rotate(projects.clone()));
    let count = Arc::new(AtomicU64::new(0));
    let answered = Arc::new(AtomicU64::new(0));
    let users = (0..USERS).map(|user| {
        let clients = projects[usize::from(user % 2 == 1)].clone();
        let (dice, count) = (Arc::clone(&dice), Arc::clone(&count));
        let answered = Arc::clone(&answered);
        tokio::spawn(async move {
            let user = format!("00000000-0000-4000-8000-{user:012x}");
            loop {
                let Ok(client) = client(&clients, &user, &dice).await else {
                    // The sink did not record the mint in time, or the user was closed in the meantime.
                    tokio::task::yield_now().await;
                    continue;
                };
                for _ in 0..dice.roll(20) {
                    let patience = Duration::from_millis(1 + dice.roll(2000));
                    let query = async {
                        if dice.roll(4) == 0 {
                            let reason = format!("round {}", dice.roll(1000));
                            as_the_user(&clients, &user, &reason).await
                        } else {
                            client.from("notes").execute().await.map(drop)
                        }
                    };
                    if let Ok(Ok(())) = tokio::time::timeout(patience, query).await {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                }
                if dice.roll(50) == 0 {
                    clients.close_user(&*user).unwrap();
                }
            }
        })
    });
    let users: Vec<_> = users.collect();
    // By then, everything that is allocated once has been allocated.
    tokio::time::sleep(Duration::from_secs(seconds / 10)).await;
    let begin = used();
    println!("begin: {} kB, {} descriptors", begin.0, begin.1);
    for tenth in 2..10 {
        tokio::time::sleep(Duration::from_secs(seconds / 10)).await;
        println!("{tenth}/10:  {} kB, {} descriptors", used().0, used().1);
    }
    tokio::time::sleep(Duration::from_secs(seconds / 10)).await;
    let end = used();
    let (asked, answered) = (
        count.load(Ordering::Relaxed),
        answered.load(Ordering::Relaxed),
    );
    println!(
        "end:   {} kB, {} descriptors, {asked} requests, {answered} answered",
        end.0, end.1
    );
    rotation.abort();
    for user in users {
        user.abort();
    }
    assert!(answered > asked / 2, "{answered} of {asked} were answered");
    assert!(end.0 < begin.0 + begin.0 / 4 + 8192, "memory grows");
    assert!(end.1 < begin.1 + 64, "descriptors grow");
}
