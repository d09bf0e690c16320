//! A private channel of two users.

use scoped_runtime::realtime::{Change, Event, Subscription};
use scoped_runtime::{Error, ScopedClient};
use serde_json::{Value, json};

use crate::report::{Attempt, Failure, Report, expect, try_each};
use crate::stack::Stack;
use crate::tables::{NOTES, Note, needs_empty_table, note};

pub(crate) async fn try_all(stack: &Stack, report: &mut Report) {
    try_each!(report, stack, "realtime", {
        "broadcast on a private channel, both ways" => broadcast,
        "presence" => presence,
        "changes of rows reach their owner alone" => changes,
        "a policy keeps others out of the channel" => outsider,
    });
}

/// The channel whose policies let both users in.
fn topic(stack: &Stack, name: &str) -> String {
    let (alice, bob) = (stack.alice.user_id(), stack.bob.user_id());
    format!("scoped-live:{name}:{alice}:{bob}")
}

async fn join(client: &ScopedClient, topic: String, key: &str) -> Result<Subscription, Error> {
    let channel = client.realtime().channel(topic).private().presence(key);
    channel.broadcast(true, false).subscribe().await
}

/// The next event for which the function returns something.
async fn until<T>(
    room: &mut Subscription,
    find: impl Fn(&Event) -> Option<T>,
) -> Result<T, Failure> {
    while let Some(event) = room.next().await {
        if let Some(found) = find(&event?) {
            return Ok(found);
        }
    }
    Err(Failure::Wrong("the channel has ended".to_owned()))
}

fn message(event: &Event) -> Option<Result<Value, Error>> {
    match event {
        Event::Broadcast(message) => Some(message.read::<Value>().map(|message| message.payload)),
        _ => None,
    }
}

async fn broadcast(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let mut hers = join(&stack.alice, topic(stack, "broadcast"), "alice").await?;
    let mut his = join(&stack.bob, topic(stack, "broadcast"), "bob").await?;
    hers.sender()
        .send("said", &json!({ "by": "alice" }))
        .await?;
    let heard = until(&mut his, message).await??;
    expect(heard["by"] == "alice", "another message arrived")?;
    his.sender().send("said", &json!({ "by": "bob" })).await?;
    let heard = until(&mut hers, message).await??;
    expect(heard["by"] == "bob", "another message arrived")
}

async fn presence(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    let mut hers = join(&stack.alice, topic(stack, "presence"), "alice").await?;
    let his = join(&stack.bob, topic(stack, "presence"), "bob").await?;
    his.sender().track(&json!({ "at": "door" })).await?;
    let joined = |event: &Event| match event {
        Event::Join(presence) => Some(presence.key.clone()),
        _ => None,
    };
    expect(
        until(&mut hers, joined).await? == "bob",
        "another key is present",
    )?;
    his.sender().untrack().await?;
    let left = |event: &Event| matches!(event, Event::Leave(it) if it.key == "bob").then_some(());
    until(&mut hers, left).await
}

/// Rows of both users are written in turns. The next row that each user gets is the next one of that user's own.
async fn changes(stack: &Stack) -> Attempt {
    needs_empty_table(stack).await?;
    let subscribe = async |client: &ScopedClient| {
        let change = Change::insert().schema("public").table(NOTES);
        let channel = client.realtime().channel(topic(stack, "changes"));
        channel.private().postgres_changes(change).subscribe().await
    };
    let (mut hers, mut his) = (subscribe(&stack.alice).await?, subscribe(&stack.bob).await?);
    for body in ["first", "second"] {
        note(&stack.alice, body).await?;
        note(&stack.bob, body).await?;
    }
    let inserted = |event: &Event| match event {
        Event::Insert(insert) => Some(insert.read::<Note>().map(|insert| insert.row)),
        _ => None,
    };
    for (client, room) in [(&stack.alice, &mut hers), (&stack.bob, &mut his)] {
        for body in ["first", "second"] {
            let row = until(room, inserted).await??;
            let is_own = row.owner == client.user_id().as_str();
            expect(is_own, "a row of the other user arrived")?;
            expect(row.body == body, "another row arrived")?;
        }
    }
    Ok(())
}

async fn outsider(stack: &Stack) -> Attempt {
    stack.needs_sql()?;
    match join(&stack.mallory, topic(stack, "outsider"), "mallory").await {
        Err(Error::Realtime(error)) if error.is_denied() => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => expect(false, "a user who is not a member has joined"),
    }
}
