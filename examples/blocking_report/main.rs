//! A report over many users' rows on a few threads, without async.
//!
//! Run it with `cargo run --example blocking_report`. It starts a local Supabase server by itself; with
//! `SUPABASE_URL`, `SUPABASE_KEY` and `SUPABASE_JWT_SECRET` set it uses that project.
#![allow(
    clippy::print_stdout,
    reason = "a program for people: it says what it does"
)]

use std::error::Error;

use scoped_runtime::UserId;
use scoped_runtime::blocking::ScopedClients;
use scoped_tests::Target;
use serde_json::json;

use scoped_examples::report::{self, Line};

const USERS: u8 = 20;
const THREADS: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let target = Target::blocking()?;
    let clients = ScopedClients::new(target.config_builder().build()?)?;
    println!("It runs: {target}. {THREADS} threads report on {USERS} users ...");

    // The first user has one note, the second has two, ...
    let mut expected = Vec::new();
    for count in 1..=USERS {
        let user_id = UserId::from(uuid::Uuid::from_u128(0x0b_0000 << 104 | u128::from(count)));
        let db = clients.get(&user_id)?;
        db.from("notes")
            .delete()
            .eq("owner", user_id.as_str())
            .execute()?;
        let notes = vec![json!({ "body": "a report's note" }); count.into()];
        db.from("notes").insert(notes).execute()?;
        let notes = usize::from(count);
        let characters = notes * "a report's note".len();
        expected.push(Line {
            user_id,
            notes,
            characters,
        });
    }

    let users: Vec<UserId> = expected.iter().map(|line| line.user_id.clone()).collect();
    let report = report::report(&clients, &users, THREADS)?;
    for Line {
        user_id,
        notes,
        characters,
    } in &report
    {
        println!("{user_id}  {notes:>3} notes  {characters:>4} characters");
    }
    if report != expected {
        return Err("a user's line is not about their own notes".into());
    }
    println!("ok   every line is about its own user's notes");

    for user_id in &users {
        let notes = clients.get(user_id)?.from("notes").delete();
        notes.eq("owner", user_id.as_str()).execute()?;
    }
    Ok(())
}
