//! Two users and somebody of support, who ask the service as any program would.
#![allow(
    clippy::disallowed_methods,
    reason = "a program for people: its users are new ones at every start"
)]

use std::error::Error;
use std::time::UNIX_EPOCH;

use reqwest::{Client, Method};
use scoped_runtime::{ScopedClients, UserId};
use serde_json::{Value, json};

use crate::notes::{Journal, Note, Staff};

const AGENT: &str = "a9e00000-0000-4000-8000-000000000003";

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A program that asks the service, signed in or not.
struct Asker {
    url: String,
    http: Client,
    token: Option<String>,
}

pub(crate) async fn run(url: &str, clients: &ScopedClients, journal: &Journal) -> Result {
    let mut alice = Asker::new(url);
    let mut bob = Asker::new(url);
    let (alice_id, _) = (alice.sign_up("alice").await?, bob.sign_up("bob").await?);
    let (status, _) = Asker::new(url).ask(Method::GET, "/notes", None).await?;
    step(
        status == 401,
        "two users signed up; without a token nobody gets in",
    )?;

    let milk = json!({ "title": "milk", "body": "buy milk" });
    let (status, note) = alice.ask(Method::POST, "/notes", Some(&milk)).await?;
    let note: Note = serde_json::from_value(note)?;
    step(
        status == 201 && note.owner == alice_id.as_str(),
        "Alice added a note",
    )?;
    let (status, _) = alice.ask(Method::POST, "/notes", Some(&milk)).await?;
    step(status == 409, "and not a second one with the same title")?;

    let path = format!("/notes/{}", note.id);
    let stolen = json!({ "body": "sell milk" });
    let (_, seen) = bob.ask(Method::GET, "/notes", None).await?;
    let (change, _) = bob.ask(Method::PATCH, &path, Some(&stolen)).await?;
    let (delete, _) = bob.ask(Method::DELETE, &path, None).await?;
    step(
        seen == json!([]) && change == 404 && delete == 404,
        "for Bob it is not there",
    )?;
    let planted = json!({ "owner": alice_id.as_str(), "body": "of Bob" });
    let (status, error) = bob.ask(Method::POST, "/notes", Some(&planted)).await?;
    step(
        status == 403,
        &format!("nor can he write one for her: {error}"),
    )?;

    let path = format!("/support/{alice_id}/notes?ticket=4711");
    let (status, error) = bob.ask(Method::GET, &path, None).await?;
    step(status == 403, &format!("Bob is not of support: {error}"))?;
    let agent = Asker {
        token: Some(staff(clients)?),
        ..Asker::new(url)
    };
    let (_, seen) = agent.ask(Method::GET, &path, None).await?;
    step(
        seen == json!([note]),
        "somebody of support saw Alice's note as she does",
    )?;
    let line = format!("{AGENT} acts as {alice_id}: 4711");
    step(
        journal.lines().contains(&line),
        &format!("and the audit says: {line}"),
    )?;

    let changed = json!({ "body": "buy oat milk" });
    let path = format!("/notes/{}", note.id);
    let (_, note) = alice.ask(Method::PATCH, &path, Some(&changed)).await?;
    let (status, deleted) = alice.ask(Method::DELETE, &path, None).await?;
    step(
        status == 200 && deleted == note && note["body"] == "buy oat milk",
        "Alice changed her note and deleted it",
    )
}

/// A token of support's. The project's administrators put the team into a user's `app_metadata`, and Auth
/// into their tokens.
fn staff(clients: &ScopedClients) -> Result<String> {
    let team = "support".to_owned();
    let agent = clients.user(AGENT).claims(Staff { team }).client()?;
    Ok(agent.token()?.expose_secret().to_owned())
}

impl Asker {
    fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            http: Client::new(),
            token: None,
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await?;
        let (status, text) = (response.status().as_u16(), response.text().await?);
        Ok((
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        ))
    }

    /// Signs up and in.
    async fn sign_up(&mut self, name: &str) -> Result<UserId> {
        let now = UNIX_EPOCH.elapsed()?.as_nanos();
        let user =
            json!({ "email": format!("{name}-{now}@example.com"), "password": "a long password" });
        let (status, answer) = self.ask(Method::POST, "/sign-up", Some(&user)).await?;
        step(status == 200, &format!("{name} signed up"))?;
        let (_, session) = self.ask(Method::POST, "/sign-in", Some(&user)).await?;
        let token = session["access_token"].as_str().ok_or("no session")?;
        self.token = Some(token.to_owned());
        let _ = answer;
        Ok(session["user"]["id"].as_str().ok_or("no user")?.parse()?)
    }
}

fn step(holds: bool, what: &str) -> Result {
    if !holds {
        return Err(format!("this does not hold: {what}").into());
    }
    println!("ok   {what}");
    Ok(())
}
