//! Typical events of a service in production, compressed into a few seconds: keys are rotated, a user is
//! closed, the database is slow, and a secret is wrong. Each event is visible in the log and in the
//! metrics.
//!
//! Run it with `cargo run --example operations`. It starts a local Supabase server by itself and changes
//! its keys, so it cannot run against another project. It ends by itself, and fails if a check fails.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people: it says what it does, and waits for real time"
)]

mod seen;

use std::process::ExitCode;
use std::time::Duration;

use scoped_examples::program::{Result, ended};
use scoped_runtime::{
    ClientError, ConfigBuilder, Error, Rotation, ScopedClient, ScopedClients, SigningKey,
    TracingAudit, metrics,
};
use scoped_tests::{LocalSupabase, generate_keys, shared};
use serde_json::{Value, json};

use crate::seen::Seen;

const ALICE: &str = "a11ce000-0000-4000-8000-00000000000f";
const BOB: &str = "b0b00000-0000-4000-8000-00000000000f";

#[tokio::main]
async fn main() -> ExitCode {
    ended(
        run().await,
        "ok   every event was in the log and in the metrics",
    )
}

async fn run() -> Result {
    let seen = Seen::install()?;
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let server = shared().await?;
    let config = || server.config_builder().audit(TracingAudit);
    let clients = project(config())?;
    println!("It runs: {}", server.url());

    step("the service starts and checks that the project is reachable and accepts its tokens");
    let health = clients.health().await.into_result()?;
    println!("     {health}");
    seen.logged(&["token minted", "health"])?;
    seen.counted(metrics::REQUEST_DURATION, &["rest", "GET", "4xx"], 1)?;

    step("users work");
    let (alice, bob) = (clients.get(ALICE)?, clients.get(BOB)?);
    for client in [&alice, &bob] {
        work(client).await?;
    }
    seen.logged(&["token minted", ALICE])?;
    seen.counted(metrics::MINTS, &["first"], 3)?;

    step(
        "the signing key is rotated while requests are sent; afterwards the server stops trusting the old key",
    );
    rotate(server, &clients, [&alice, &bob], &seen).await?;

    step("Bob is closed");
    clients.close_user(BOB)?;
    let outcome = bob.from("notes").select("id").execute().await;
    expect(
        matches!(outcome, Err(Error::Client(ClientError::Closed))),
        "a client that was closed sent a request",
    )?;
    work(&alice).await?;
    seen.logged(&["failed", "error.type=\"closed\""])?;
    seen.counted(metrics::REQUEST_DURATION, &["rest", "GET", "closed"], 1)?;

    step("the database is slow, and a request has half a second");
    let call = alice.rpc("wait_for", json!({ "seconds": 3 }));
    let outcome = call.timeout(Duration::from_millis(500)).execute().await;
    let Err(error @ Error::Client(ClientError::Timeout { .. })) = outcome else {
        return Err(format!("a slow answer was waited for: {outcome:?}").into());
    };
    println!("     {error}");
    println!(
        "     the response to the service's caller: {}",
        error.public().body()
    );
    expect(error.public().status() == 504, "not a 504")?;
    seen.logged(&["failed", "rpc/wait_for", "error.type=\"timeout\""])?;
    seen.counted(metrics::REQUEST_DURATION, &["rest", "POST", "timeout"], 1)?;

    step("another instance is deployed with a wrong secret");
    server.legacy_secret(true).await?;
    let wrong = project(config().jwt_secret("the-secret-of-another-project-than-this-one"))?;
    let health = wrong.health().await;
    println!("     {health}");
    expect(
        health.is_reachable() && health.is_key_accepted() == Some(false),
        "the wrong secret was not detected",
    )?;
    seen.logged(&["failed", "http.response.status_code=401"])?;
    seen.counted(metrics::REQUEST_DURATION, &["rest", "GET", "4xx"], 2)?;

    for user in [ALICE, BOB] {
        let notes = clients.get(user)?.from("notes").delete();
        notes.eq("owner", user).execute().await?;
    }
    println!("What was measured:");
    for line in seen.metrics() {
        println!("     {line}");
    }
    Ok(())
}

fn project(config: ConfigBuilder) -> Result<ScopedClients> {
    Ok(ScopedClients::new(config.build()?)?)
}

/// Sends a few requests and checks that the rows belong to the user.
async fn work(client: &ScopedClient) -> Result {
    let note = json!({ "body": "operations example" });
    client.from("notes").insert(note).execute().await?;
    let notes: Vec<Value> = client.from("notes").select("owner").fetch().await?;
    let own = |note: &Value| note["owner"] == client.user_id().as_str();
    expect(
        !notes.is_empty() && notes.iter().all(own),
        "another user's rows",
    )
}

/// Checks several times that both clients work.
async fn work_on(users: [&ScopedClient; 2]) -> Result {
    for _ in 0..5 {
        for client in users {
            work(client).await?;
        }
    }
    Ok(())
}

async fn rotate(
    server: &LocalSupabase,
    clients: &ScopedClients,
    users: [&ScopedClient; 2],
    seen: &Seen,
) -> Result {
    let key = generate_keys(&["ES256"]).await?.remove(0);
    // No request may fail during the rotation or after it.
    tokio::try_join!(work_on(users), async {
        server.trust(std::slice::from_ref(&key.public)).await?;
        let key = SigningKey::from_jwk(&key.private.to_string())?;
        clients.rotate(Rotation::from(key).at_once());
        println!("     check_keys: {:?}", clients.check_keys().await?);
        Ok(())
    })?;
    work_on(users).await?;
    server.legacy_secret(false).await?;
    work_on(users).await?;
    let key_id = key.public["kid"].as_str().unwrap_or_default();
    seen.logged(&["token minted", key_id])?;
    seen.counted(metrics::MINTS, &["renewal"], 2)
}

fn step(line: &str) {
    println!("---- {line}");
}

fn expect(held: bool, otherwise: &str) -> Result {
    held.then_some(()).ok_or_else(|| otherwise.into())
}
