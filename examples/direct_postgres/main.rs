//! SQL as two users over direct Postgres, beside the same users' requests.
//!
//! Run it with `cargo run --example direct_postgres`. It installs and starts a local Supabase server by itself, and
//! ends with a failure if anything is not as it says.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people: it says what it does, and measures real time"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use scoped_examples::program::{Result, ended, step};
use scoped_runtime::testing::LocalSupabase;
use scoped_runtime::tokio_postgres::NoTls;
use scoped_runtime::{Error, PostgresPool, ScopedClient, ScopedClients};
use serde::Deserialize;
use serde_json::json;

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
const BOB: &str = "b0b00000-0000-4000-8000-000000000002";

#[derive(Debug, Deserialize, PartialEq)]
struct Note {
    id: i64,
    owner: uuid::Uuid,
    body: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    ended(
        run().await,
        "All checks passed: SQL and requests act as the same users.",
    )
}

async fn run() -> Result {
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let server = LocalSupabase::with("../tests/server/supabase/migrations").await?;
    // The database is on this machine; anywhere else, pass the connector of a TLS library.
    let pool = PostgresPool::new(server.database_url(), NoTls)?.max_size(2);
    let clients = ScopedClients::new(server.config()?)?.with_postgres(pool)?;
    clients.check_postgres().await?;
    println!("ok   the login role can do nothing but become the roles of users");

    let (alice, bob) = (clients.get(ALICE)?, clients.get(BOB)?);
    both_ways_read_the_same_rows(&alice, &bob).await?;
    another_users_rows_are_out_of_reach(&alice, &bob).await?;
    a_transaction_is_all_or_nothing(&alice).await?;
    a_time_limit_cancels(&alice).await
}

/// Writes as each user, and reads by a token over HTTP and by SQL.
async fn both_ways_read_the_same_rows(alice: &ScopedClient, bob: &ScopedClient) -> Result {
    for (name, client, body) in [("Alice", alice, "buy milk"), ("Bob", bob, "call Alice")] {
        client
            .from("notes")
            .insert(json!({ "body": body }))
            .execute()
            .await?;
        let by_sql = "insert into notes (body) values ($1)";
        client
            .postgres()
            .execute(by_sql, &[&format!("{body} (by SQL)")])
            .await?;

        let columns = "id,owner,body";
        let by_token: Vec<Note> = client
            .from("notes")
            .select(columns)
            .order("id")
            .fetch()
            .await?;
        let by_sql: Vec<Note> = client
            .postgres()
            .fetch("select id, owner, body from notes order by id", &[])
            .await?;
        let are_own = by_sql
            .iter()
            .all(|note| note.owner.to_string() == client.user_id().as_str());
        step(
            by_token == by_sql && by_sql.len() == 2 && are_own,
            &format!("{name} reads the same two notes by a token and by SQL, all {name}'s own"),
        )?;
    }
    Ok(())
}

async fn another_users_rows_are_out_of_reach(alice: &ScopedClient, bob: &ScopedClient) -> Result {
    let sql = "select id, owner, body from notes where owner::text = $1";
    let seen: Vec<Note> = bob.postgres().fetch(sql, &[&ALICE]).await?;
    step(seen.is_empty(), "Bob's SQL finds no note of Alice")?;
    let changed = bob
        .postgres()
        .execute(
            "update notes set body = 'mine' where owner::text = $1",
            &[&ALICE],
        )
        .await?;
    step(changed == 0, "Bob's SQL changes no note of Alice")?;
    let forged = "insert into notes (owner, body) values ($1::text::uuid, 'from Bob?')";
    let refused = alice.postgres().execute(forged, &[&BOB]).await;
    let is_denied = matches!(&refused, Err(Error::Postgres(error)) if error.is_rls_denied());
    step(
        is_denied,
        "Alice cannot write a note in Bob's name: a policy refuses it",
    )
}

async fn a_transaction_is_all_or_nothing(alice: &ScopedClient) -> Result {
    let db = alice.postgres();
    let count = async || db.fetch_one::<i64>("select count(*) from notes", &[]).await;
    let before = count().await?;
    let insert = "insert into notes (body) values ($1)";
    let failed: std::result::Result<(), Error> = db
        .transaction(async |tx| {
            tx.execute(insert, &[&"the first of two"]).await?;
            tx.execute("select 1 / 0", &[]).await?;
            Ok(())
        })
        .await;
    step(
        failed.is_err() && count().await? == before,
        "a transaction whose second statement fails leaves nothing",
    )?;
    let inside = db
        .transaction(async |tx| {
            tx.execute(insert, &[&"the first of two"]).await?;
            tx.execute(insert, &[&"the second of two"]).await?;
            tx.fetch_one::<i64>("select count(*) from notes", &[]).await
        })
        .await?;
    step(
        inside == before + 2 && count().await? == inside,
        "two writes of a transaction are committed together",
    )
}

async fn a_time_limit_cancels(alice: &ScopedClient) -> Result {
    let begun = Instant::now();
    let limited = alice.postgres().timeout(Duration::from_millis(300));
    let outcome = limited.query("select pg_sleep(60)", &[]).await;
    let is_cancelled = matches!(&outcome, Err(Error::Postgres(error)) if error.is_cancelled());
    step(
        is_cancelled && begun.elapsed() < Duration::from_secs(10),
        &format!(
            "a sleep of a minute was cancelled on the server after {:?}",
            begun.elapsed()
        ),
    )?;
    let one = alice.postgres().fetch_one::<i32>("select 1", &[]).await?;
    step(one == 1, "its connection is free again")
}
