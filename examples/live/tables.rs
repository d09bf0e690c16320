//! Tables and functions of the database, as both users.

use scoped_runtime::{Error, ScopedClient};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::report::{Attempt, Report, expect, try_each};
use crate::stack::Stack;

pub(crate) const NOTES: &str = "scoped_live_notes";

#[derive(Deserialize)]
pub(crate) struct Note {
    id: i64,
    pub(crate) owner: String,
    pub(crate) body: String,
}

pub(crate) async fn try_all(stack: &Stack, report: &mut Report) {
    try_each!(report, stack, "tables", {
        "insert, update and delete, for both users" => writes,
        "reads show the rows of their user alone" => reads,
        "writes do not reach the rows of the other user" => foreign,
        "count and page" => pages,
        "rpc sees the claims of its caller" => claims,
    });
}

/// Skips the feature without the table, and otherwise removes all notes of both users.
pub(crate) async fn needs_empty_table(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    for client in [&stack.alice, &stack.bob] {
        let own = client.from(NOTES).delete().eq("owner", client.user_id());
        own.execute().await?;
    }
    Ok(())
}

pub(crate) async fn note(client: &ScopedClient, body: &str) -> Result<Note, Error> {
    let query = client.from(NOTES).insert(json!({ "body": body }));
    query.fetch_one().await
}

async fn notes(client: &ScopedClient) -> Result<Vec<Note>, Error> {
    client.from(NOTES).select("*").order("id").fetch().await
}

async fn writes(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    for client in [&stack.alice, &stack.bob] {
        let Note { id, .. } = note(client, "first").await?;
        let changed = client.from(NOTES).update(json!({ "body": "second" }));
        changed.eq("id", id).expect_rows(1).execute().await?;
        let found = notes(client).await?;
        let is_right = found.len() == 1 && found[0].body == "second";
        expect(is_right, "the note is not as it was written")?;
        client.from(NOTES).delete().eq("id", id).execute().await?;
        expect(notes(client).await?.is_empty(), "the note is still there")?;
    }
    Ok(())
}

async fn reads(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    for client in [&stack.alice, &stack.bob] {
        note(client, "mine").await?;
    }
    for client in [&stack.alice, &stack.bob] {
        let found = notes(client).await?;
        let are_own = found
            .iter()
            .all(|note| note.owner == client.user_id().as_str());
        expect(found.len() == 1 && are_own, "a user sees other rows")?;
    }
    let foreign = stack
        .bob
        .from(NOTES)
        .select("*")
        .eq("owner", stack.alice.user_id());
    expect(
        foreign.fetch::<Value>().await?.is_empty(),
        "a user sees a row of the other",
    )
}

async fn foreign(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    let Note { id, .. } = note(&stack.alice, "hers").await?;
    let change = stack.bob.from(NOTES).update(json!({ "body": "his" }));
    change.eq("id", id).execute().await?;
    stack
        .bob
        .from(NOTES)
        .delete()
        .eq("id", id)
        .execute()
        .await?;
    let found = notes(&stack.alice).await?;
    let is_untouched = found.len() == 1 && found[0].body == "hers";
    expect(is_untouched, "a user changed a row of the other")?;
    let forged = json!({ "owner": stack.alice.user_id(), "body": "forged" });
    let forged = stack.bob.from(NOTES).insert(forged).execute().await;
    let is_denied = matches!(&forged, Err(Error::Api(error)) if error.is_rls_denied());
    expect(is_denied, "a user wrote a row in the name of the other")
}

async fn pages(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    let rows: Vec<Value> = (0..5)
        .map(|number| json!({ "body": number.to_string() }))
        .collect();
    stack.alice.from(NOTES).insert(rows).execute().await?;
    let count = stack.alice.from(NOTES).count().await?;
    let page = stack.alice.from(NOTES).select("*").order("id").range(1, 2);
    let page = page.fetch_page::<Note>().await?;
    let bodies: Vec<&str> = page.rows.iter().map(|note| &*note.body).collect();
    expect(
        count == 5 && page.total == 5 && bodies == ["1", "2"],
        "the count or the page is another one",
    )
}

async fn claims(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    for client in [&stack.alice, &stack.bob] {
        let seen: Value = client
            .rpc("scoped_live_claims", json!({}))
            .fetch_one()
            .await?;
        let is_right = seen["sub"] == client.user_id().as_str() && seen["role"] == "authenticated";
        expect(is_right, "the database sees other claims")?;
    }
    Ok(())
}
