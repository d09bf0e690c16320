#![deny(warnings)]
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

/// Documented, visible, and with lints of its own.
#[impersonate(user = id, via = clients)]
#[allow(clippy::unused_async)]
pub async fn run(clients: &ScopedClients, id: &str, #[scoped] db: ScopedClient) -> Result<String, Error> {
    #![allow(unused_mut)]
    fn join(left: &str, right: &str) -> String {
        [left, right].join(" ")
    }
    if id.is_empty() {
        return Ok(String::new());
    }
    let mut parsed: u32 = id.len().try_into().unwrap_or_default();
    let again = clients.get(db.user_id())?;
    Ok(join(again.user_id().as_str(), &parsed.to_string()))
}

#[impersonate(user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11", via = clients)]
async fn ignores_the_client(clients: ScopedClients, #[cfg(any())] gone: u8, #[scoped] _: ScopedClient) -> Result<(), Error> {
    Ok(())
}

// Callers pass everything but the client.
async fn calls(clients: &ScopedClients) -> Result<(), Error> {
    let _: String = run(clients, "id").await?;
    ignores_the_client(clients.clone()).await
}

fn is_send<T: Send>(_: impl Fn(&'static ScopedClients) -> T) {}

pub(crate) fn main() {
    is_send(calls);
}
