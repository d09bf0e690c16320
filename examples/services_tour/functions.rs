//! A function that streams its answer.

use std::io::{Write as _, stdout};

use scoped_examples::program::{Result, step};
use scoped_runtime::{Error, ScopedClient, ScopedClients};
use serde_json::{Value, json};

use crate::Users;

/// Shows the words of a function as they arrive, for both users.
pub(crate) async fn stream_to_their_caller(Users { alice, bob }: &Users) -> Result {
    for (name, client) in [("Alice", alice), ("Bob", bob)] {
        let caller = words(client).await?;
        step(
            caller == client.user_id().as_str(),
            &format!("the function knows that {name} called it"),
        )?;
    }
    Ok(())
}

/// Calls the function and returns for whom it says that it ran.
async fn words(client: &ScopedClient) -> Result<String> {
    let text = json!({ "text": "every word arrives as soon as the function has written it" });
    let mut events = client.functions().invoke("words", text).events().await?;
    print!("    ");
    let mut caller = String::new();
    while let Some(event) = events.next().await {
        let event = event?;
        match &*event.event {
            "word" => print!(" {}", event.json::<String>()?),
            "done" => {
                let done: Value = event.json()?;
                done["user"]
                    .as_str()
                    .unwrap_or_default()
                    .clone_into(&mut caller);
            }
            _ => {}
        }
        stdout().flush()?;
    }
    println!();
    Ok(caller)
}

/// Calls the function without a user.
pub(crate) async fn need_a_user(clients: &ScopedClients) -> Result {
    let call = clients.anonymous()?.functions().invoke("hello", ());
    let is_denied = matches!(call.await, Err(Error::Function(error)) if error.is_denied());
    step(is_denied, "without a user the function is not called")
}
