//! Two users, one server, and Row Level Security between them.
//!
//! Run it with `cargo run --example quickstart`. It installs and starts a local Supabase server by
//! itself. With `SUPABASE_URL`, `SUPABASE_KEY` and `SUPABASE_JWT_SECRET` set it uses that project,
//! which needs the tables of `tests/server/supabase/migrations`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people: it says what it does, and waits for real time"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use scoped_examples::program::{Result, ended, step};
use scoped_runtime::{ScopedClient, ScopedClients, UserId, impersonate, scoped_claims};
use scoped_tests::Target;
use serde::Deserialize;
use serde_json::json;

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
const BOB: &str = "b0b00000-0000-4000-8000-000000000002";

/// The claims that the policies of `documents` read. The struct does not compile if a policy reads a claim
/// that it lacks.
#[scoped_claims(policies = "../tests/server/supabase/migrations")]
struct Tenant {
    #[claim(non_empty)]
    tenant_id: String,
    #[claim(rename = "subscription", one_of("free", "pro"), unread)]
    plan: Option<String>,
}

#[derive(Deserialize)]
struct Note {
    id: i64,
    owner: String,
    body: String,
}

#[derive(Deserialize)]
struct Document {
    tenant_id: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    ended(
        run().await,
        "All checks passed: two users, one server, and neither saw the other's rows.",
    )
}

async fn run() -> Result {
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let target = Target::from_env_or_local().await?;
    let clients = ScopedClients::new(target.config_builder().build()?)?;
    println!("It runs: {target}");

    let alice = clients.get(ALICE)?;
    let bob = clients.get(BOB)?;
    let milk = notes_are_private(&alice, &bob).await?;
    anothers_note_cannot_be_changed(&alice, &bob, milk).await?;
    a_claim_opens_one_tenants_documents(&clients).await?;

    let job = Job {
        user_id: ALICE.parse()?,
        suffix: " (done)",
    };
    let done = finish_notes(&clients, &job).await?;
    step(done > 0, "an #[impersonate] function worked as Alice")?;
    let other: Vec<Note> = bob.from("notes").select("*").fetch().await?;
    let untouched = other.iter().all(|note| !note.body.ends_with(job.suffix));
    step(untouched, "the function could not change Bob's notes")?;

    short_tokens_are_renewed(&clients).await?;
    claims_of_a_token(&clients)?;

    alice
        .from("notes")
        .delete()
        .eq("owner", ALICE)
        .execute()
        .await?;
    bob.from("notes")
        .delete()
        .eq("owner", BOB)
        .execute()
        .await?;
    Ok(())
}

/// Lets both users write and checks that each reads their own notes only. Returns the ID of Alice's note.
async fn notes_are_private(alice: &ScopedClient, bob: &ScopedClient) -> Result<i64> {
    let milk: Note = add_note(alice, "buy milk").await?;
    add_note(bob, "call Alice").await?;
    for (name, client) in [("Alice", alice), ("Bob", bob)] {
        let notes: Vec<Note> = client.from("notes").select("*").fetch().await?;
        let own = notes.iter().all(|it| it.owner == client.user_id().as_str());
        step(
            own && !notes.is_empty(),
            &format!("{name} sees {} note(s), all {name}'s own", notes.len()),
        )?;
    }
    Ok(milk.id)
}

async fn add_note(client: &ScopedClient, body: &str) -> Result<Note> {
    let note = client.from("notes").insert(json!({ "body": body }));
    Ok(note.fetch_one().await?)
}

async fn anothers_note_cannot_be_changed(
    alice: &ScopedClient,
    bob: &ScopedClient,
    note: i64,
) -> Result {
    let query = bob.from("notes").update(json!({"body": "mine"}));
    let changed: Vec<Note> = query.eq("id", note).fetch().await?;
    let note: Note = alice.from("notes").eq("id", note).fetch_one().await?;
    step(
        changed.is_empty() && note.body == "buy milk",
        "Bob's update of Alice's note changed nothing",
    )
}

async fn a_claim_opens_one_tenants_documents(clients: &ScopedClients) -> Result {
    for tenant in ["acme", "globex"] {
        let claims = Tenant {
            tenant_id: tenant.to_owned(),
            plan: Some("pro".to_owned()),
        };
        let client = clients.user(ALICE).claims(claims).client()?;
        let documents: Vec<Document> = client.from("documents").select("*").fetch().await?;
        let only = documents.iter().all(|it| it.tenant_id == tenant);
        step(
            only && !documents.is_empty(),
            &format!(
                "claim tenant_id={tenant} opens {} documents, all {tenant}'s",
                documents.len()
            ),
        )?;
    }
    let documents = clients.get(ALICE)?.from("documents").select("*");
    let none = documents.fetch::<Document>().await?.is_empty();
    step(none, "without the claim there are no documents")
}

struct Job {
    user_id: UserId,
    suffix: &'static str,
}

/// Callers do not pass `db`: the attribute makes it for the user of the job.
#[impersonate(user = job.user_id, expires_in = "15m", via = clients)]
async fn finish_notes(
    clients: &ScopedClients,
    job: &Job,
    #[scoped] db: ScopedClient,
) -> Result<usize> {
    let notes: Vec<Note> = db.from("notes").select("*").fetch().await?;
    for note in &notes {
        let body = format!("{}{}", note.body, job.suffix);
        let query = db.from("notes").update(json!({ "body": body }));
        query.eq("id", note.id).execute().await?;
    }
    Ok(notes.len())
}

/// Sends queries for longer than the lifetime of a token and checks that none fails when a token expires.
async fn short_tokens_are_renewed(clients: &ScopedClients) -> Result {
    let client = clients
        .user(ALICE)
        .expires_in(Duration::from_secs(3))
        .refresh_before(Duration::from_secs(1))
        .client()?;
    let start = Instant::now();
    let mut queries = 0;
    let mut tokens = std::collections::HashSet::new();
    while start.elapsed() < Duration::from_secs(5) {
        client.from("notes").select("id").execute().await?;
        queries += 1;
        let token = client.token()?;
        tokens.insert(token.claims().get("jti").map(ToString::to_string));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    step(
        tokens.len() > 1,
        &format!(
            "{queries} queries in 5 s outlived a token of 3 s: {} tokens, no failure",
            tokens.len()
        ),
    )
}

fn claims_of_a_token(clients: &ScopedClients) -> Result {
    let claims = Tenant {
        tenant_id: "acme".to_owned(),
        plan: None,
    };
    let client = clients.user(ALICE).claims(claims).client()?;
    let claims = client.token()?.claims();
    println!(
        "     a token says: {}",
        serde_json::Value::from(claims.clone())
    );
    let absent = !claims.contains_key("subscription");
    step(
        claims["tenant_id"] == "acme" && absent,
        "the claims of the struct are in it, and a `None` is not",
    )
}
