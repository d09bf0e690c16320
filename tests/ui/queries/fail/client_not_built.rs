// `client()?` is missing. No attribute of stable Rust adds a hint to this error; the type that is found is the
// builder, by its name.
use scoped_runtime::{Error, ScopedClient, ScopedClients};

async fn archive(client: &ScopedClient) -> Result<(), Error> {
    client.from("notes").delete().all_rows().execute().await.map(drop)
}

async fn run(clients: &ScopedClients, id: &str) -> Result<(), Error> {
    archive(&clients.user(id)).await
}

fn main() {}
