use scoped_runtime::{Error, ScopedClients, blocking::ScopedClient, impersonate};

#[impersonate(user = id, via = clients)]
fn run(clients: &ScopedClients, id: &str, #[scoped] db: ScopedClient) -> Result<(), Error> {
    drop(db);
    Ok(())
}

fn main() {}
