//! Edge Functions and GraphQL.

use scoped_runtime::{Error, ScopedClient};
use serde_json::{Value, json};

use crate::report::{Attempt, Report, expect, try_each};
use crate::stack::Stack;
use crate::tables::{NOTES, needs_empty_table};

pub(crate) async fn try_all(stack: &Stack, report: &mut Report) {
    try_each!(report, stack, "functions", {
        "a function knows its caller, for both users" => functions,
        "no function is called without a user" => without_user,
    });
    try_each!(report, stack, "graphql", {
        "reads show the rows of their user alone" => graphql,
    });
}

async fn functions(stack: &Stack) -> Attempt {
    for client in [&stack.alice, &stack.bob] {
        let response = client.functions().invoke("scoped-live", ()).await?;
        let answer: Value = response.json()?;
        let is_caller = answer["user"] == client.user_id().as_str();
        expect(is_caller, "the function ran for another user")?;
    }
    Ok(())
}

/// The function is there, as its answer to a user shows, and is not called without one.
async fn without_user(stack: &Stack) -> Attempt {
    stack.alice.functions().invoke("scoped-live", ()).await?;
    let anonymous = stack.clients.anonymous().map_err(Error::from)?;
    match anonymous.functions().invoke("scoped-live", ()).await {
        Err(Error::Function(error)) if error.is_denied() => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => expect(false, "the function ran without a token"),
    }
}

/// The owners of the notes, with the names that `pg_graphql` gives, and `PostGraphile`, which serves the local server.
const NOTES_QUERIES: [&str; 2] = [
    "{ scoped_live_notesCollection { edges { node { owner } } } }",
    "{ allScopedLiveNotes { edges { node { owner } } } }",
];

async fn graphql(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    let note = json!({ "body": "read by GraphQL" });
    stack.alice.from(NOTES).insert(note).execute().await?;
    let (hers, his) = (owners(&stack.alice).await, owners(&stack.bob).await);
    expect(
        hers? == [stack.alice.user_id().as_str()],
        "a user sees other rows",
    )?;
    expect(his?.is_empty(), "a user sees a row of the other")
}

/// The owners of the notes that the user sees.
async fn owners(client: &ScopedClient) -> Result<Vec<String>, Error> {
    let [first, second] = NOTES_QUERIES;
    let data = match client.graphql(first, ()).execute().await {
        Ok(data) => data,
        Err(error @ Error::Graphql(_)) => {
            let other = client.graphql(second, ()).execute().await;
            other.map_err(|_| error)?
        }
        Err(error) => return Err(error),
    };
    let nodes = data.as_object().and_then(|data| data.values().next());
    let edges = nodes.and_then(|notes| notes["edges"].as_array());
    let owners = edges
        .into_iter()
        .flatten()
        .map(|edge| &edge["node"]["owner"]);
    Ok(owners
        .filter_map(|owner| owner.as_str().map(str::to_owned))
        .collect())
}
