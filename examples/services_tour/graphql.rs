//! Queries and mutations with types of their own. The schema is the one of `PostGraphile`; in `pg_graphql` the names are others.

use scoped_examples::program::{Result, step};
use scoped_runtime::{Error, ScopedClient};
use serde::Deserialize;
use serde_json::json;

use crate::Users;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notes {
    all_notes: Nodes,
}

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Note>,
}

#[derive(Deserialize)]
struct Note {
    owner: String,
}

const NOTES: &str = "{ allNotes { nodes { owner } } }";
const CREATE: &str =
    "mutation($note: NoteInput!) { createNote(input: { note: $note }) { note { id } } }";

/// Writes a note as Alice, reads it as both, and tries to write one in her name as Bob.
pub(crate) async fn sees_rows_of_its_user(Users { alice, bob }: &Users) -> Result {
    let note = json!({ "note": { "body": "written by GraphQL" } });
    alice.graphql(CREATE, note).await?;
    let hers = owners(alice).await?;
    let own = hers.iter().all(|owner| owner == alice.user_id().as_str());
    step(
        own && !hers.is_empty(),
        "Alice writes a note and reads her own alone",
    )?;
    step(owners(bob).await?.is_empty(), "Bob sees none of them")?;

    let forged = json!({ "note": { "body": "forged", "owner": alice.user_id() } });
    let is_denied = matches!(bob.graphql(CREATE, forged).await, Err(Error::Graphql(error)) if error.is_denied());
    step(is_denied, "Bob cannot write one in her name")?;

    let reader = alice.read_only();
    let refused = matches!(reader.graphql(CREATE, ()).await, Err(Error::Client(_)));
    step(
        refused && !owners(&reader).await?.is_empty(),
        "a read-only client sends queries and no mutation",
    )?;
    alice
        .from("notes")
        .delete()
        .eq("owner", alice.user_id().as_str())
        .execute()
        .await?;
    Ok(())
}

async fn owners(client: &ScopedClient) -> Result<Vec<String>> {
    let notes: Notes = client.graphql(NOTES, ()).fetch().await?;
    Ok(notes
        .all_notes
        .nodes
        .into_iter()
        .map(|note| note.owner)
        .collect())
}
