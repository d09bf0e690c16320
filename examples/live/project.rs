//! The project as a whole: keys, tokens, and clients of every kind.

use std::time::{Duration, SystemTime};

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{ClientError, Error, ScopedClients};
use serde_json::{Value, json};

use crate::report::{Attempt, Failure, Report, expect, try_each};
use crate::stack::Stack;
use crate::tables::{NOTES, needs_empty_table};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);

pub(crate) async fn try_all(stack: &Stack, report: &mut Report) {
    try_each!(report, stack, "project", {
        "health" => health,
        "check_keys" => check_keys,
        "a token is renewed" => renewal,
        "anonymous client" => anonymous,
        "read-only client" => read_only,
    });
    try_each!(report, stack, "auth", {
        "user, for both users" => auth_user,
    });
}

async fn health(stack: &Stack) -> Attempt {
    stack.clients.health().await.into_result()?;
    Ok(())
}

async fn check_keys(stack: &Stack) -> Attempt {
    stack.clients.check_keys().await?;
    Ok(())
}

/// Half an hour passes, and the client sends another token, which the server believes as well.
async fn renewal(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_err(|_| Failure::Skipped("the clock of this machine is wrong".to_owned()))?;
    let clock = ManualClock::at(now.saturating_sub(HALF_AN_HOUR).as_secs());
    let config = stack.config_builder().clock(clock.clone()).build();
    let clients = ScopedClients::new(config.map_err(Error::from)?).map_err(Error::from)?;
    let alice = clients
        .user(stack.alice.user_id())
        .refresh_before(Duration::from_mins(40))
        .client()?;
    let first = alice.token()?;
    alice.from(NOTES).select("id").limit(1).execute().await?;
    clock.pass(HALF_AN_HOUR);
    alice.from(NOTES).select("id").limit(1).execute().await?;
    let second = alice.token()?;
    expect(
        first.expires_at() < second.expires_at(),
        "the client still sends its first token",
    )
}

/// Without a user only the published note is there.
async fn anonymous(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    let notes = json!([
        { "body": "published", "is_published": true },
        { "body": "private", "is_published": false },
    ]);
    stack.alice.from(NOTES).insert(notes).execute().await?;
    let anonymous = stack.clients.anonymous().map_err(Error::from)?;
    let query = anonymous
        .from(NOTES)
        .select("body")
        .eq("owner", stack.alice.user_id());
    let seen: Vec<Value> = query.fetch().await?;
    expect(
        seen == [json!({ "body": "published" })],
        "without a user other notes than the published one are seen",
    )
}

async fn read_only(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let reader = stack.alice.read_only();
    reader.from(NOTES).select("id").limit(1).execute().await?;
    let written = reader
        .from(NOTES)
        .insert(json!({ "body": "no" }))
        .execute()
        .await;
    let is_refused = matches!(written, Err(Error::Client(ClientError::ReadOnly { .. })));
    expect(is_refused, "a read-only client wrote")
}

async fn auth_user(stack: &Stack) -> Attempt {
    for client in [&stack.alice, &stack.bob] {
        match client.auth().user().await {
            Err(Error::Auth(error))
                if error.code() == Some("user_not_found") && !stack.has_users =>
            {
                let why = "Auth has no such user; name two of the project in `SCOPED_LIVE_USERS`";
                return Err(Failure::Skipped(why.to_owned()));
            }
            user => expect(user?.id == *client.user_id(), "it is another user")?,
        }
    }
    Ok(())
}
