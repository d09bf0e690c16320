// `client()?` is missing before the query.
use scoped_runtime::{Error, ScopedClients};

async fn run(clients: &ScopedClients, id: &str) -> Result<(), Error> {
    let notes = clients.user(id).from("notes");
    notes.select("*").execute().await.map(drop)
}

fn main() {}
