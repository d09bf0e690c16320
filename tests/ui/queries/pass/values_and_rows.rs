#![deny(warnings)]
// What filters compare with and what is inserted, without a conversion.
use scoped_runtime::{Error, ScopedClient, UserId};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct Note {
    body: String,
}

async fn run(alice: &ScopedClient, owner: Uuid, user: &UserId, note: Note) -> Result<(), Error> {
    alice.from("notes").eq("id", 5).eq("stars", 4.5).eq("public", true).execute().await?;
    alice.from("notes").eq("owner", owner).eq("editor", user).neq("body", &note.body).execute().await?;
    alice.from("notes").insert(&note).execute().await?;
    alice.from("notes").insert(&[note]).execute().await?;
    Ok(())
}

pub(crate) fn main() {
    let _ = run;
}
