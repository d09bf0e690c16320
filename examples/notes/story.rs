//! Two users and one member of support, who use the service over HTTP.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a part of programs for people: its users are new ones at every start"
)]

use std::error::Error;

use reqwest::Method;
use scoped_runtime::ScopedClients;
use serde_json::{Value, json};

use super::asker::Asker;
use super::{Journal, Staff};

const AGENT: &str = "a9e00000-0000-4000-8000-000000000003";

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Sends the requests of the story to the service at this URL and checks every response.
///
/// # Errors
/// Returns the first response that is not as expected.
pub async fn run(url: &str, clients: &ScopedClients, journal: &Journal) -> Result {
    let (status, _) = Asker::new(url, None).get("/notes").await?;
    step(status == 401, "a request without a token is refused")?;
    let (alice, alice_id) = Asker::signed_in(url, "alice").await?;
    let (bob, _) = Asker::signed_in(url, "bob").await?;

    let milk = json!({ "title": "milk", "body": "buy milk" });
    let (status, note) = alice.send(Method::POST, "/notes", &milk).await?;
    let is_hers = status == 201 && note["owner"] == alice_id;
    step(is_hers, "Alice signed up and in, and added a note")?;
    let (status, _) = alice.send(Method::POST, "/notes", &milk).await?;
    step(
        status == 409,
        "a second note with the same title is refused",
    )?;

    let path = format!("/notes/{}", note["id"]);
    let (_, seen) = bob.get("/notes").await?;
    let (changed, _) = bob.send(Method::PATCH, &path, &milk).await?;
    let (deleted, _) = bob.send(Method::DELETE, &path, &Value::Null).await?;
    let is_hidden = seen == json!([]) && changed == 404 && deleted == 404;
    step(is_hidden, "Bob does not see the note")?;
    let planted = json!({ "owner": alice_id, "body": "of Bob" });
    let (status, _) = bob.send(Method::POST, "/notes", &planted).await?;
    step(status == 403, "Bob cannot write a note for Alice")?;

    let desk = format!("/support/{alice_id}/notes?ticket=4711");
    let (status, _) = bob.get(&desk).await?;
    step(
        status == 403,
        "Bob cannot act as Alice, because he is not in support",
    )?;
    let agent = Asker::new(url, Some(staff_token(clients)?));
    let (_, seen) = agent.get(&desk).await?;
    step(seen == json!([note]), "support saw what Alice sees")?;
    let line = format!("{AGENT} acts as {alice_id}: 4711");
    let is_recorded = journal.lines().contains(&line);
    step(is_recorded, &format!("and the audit says `{line}`"))?;

    let oat = json!({ "body": "buy oat milk" });
    let (_, changed) = alice.send(Method::PATCH, &path, &oat).await?;
    let (status, deleted) = alice.send(Method::DELETE, &path, &Value::Null).await?;
    let is_gone = status == 200 && deleted == changed && changed["body"] == oat["body"];
    step(is_gone, "Alice changed her note and deleted it")
}

/// Creates a token of a support member. In a real project an administrator sets the team in the user's
/// `app_metadata`, and Auth copies it into the tokens.
fn staff_token(clients: &ScopedClients) -> Result<String> {
    let team = "support".to_owned();
    let agent = clients.user(AGENT).claims(Staff { team }).client()?;
    Ok(agent.token()?.expose_secret().to_owned())
}

fn step(holds: bool, what: &str) -> Result {
    if !holds {
        return Err(format!("this does not hold: {what}").into());
    }
    println!("ok   {what}");
    Ok(())
}
