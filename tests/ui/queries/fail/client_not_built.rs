// `client()?` is missing. No attribute of stable Rust adds a hint here; the message names the builder.
use scoped_runtime::{Error, ScopedClient, ScopedClients};

async fn notes(clients: &ScopedClients, id: &str) -> Result<(), Error> {
    let _ = clients.user(id).from("notes").select("*").execute().await?;
    Ok(())
}

async fn archive(client: &ScopedClient) -> Result<(), Error> {
    client.from("notes").delete().all_rows().execute().await.map(drop)
}

async fn run(clients: &ScopedClients, id: &str) -> Result<(), Error> {
    archive(&clients.user(id)).await
}

fn main() {}
