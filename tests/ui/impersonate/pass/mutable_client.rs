#![deny(warnings)]
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

#[impersonate(user = id, via = clients)]
async fn run(clients: &ScopedClients, id: &str, #[scoped] mut db: ScopedClient) -> Result<ScopedClient, Error> {
    let other = &mut db;
    *other = clients.get(other.user_id())?;
    Ok(db)
}

#[impersonate(user = id, via = clients)]
async fn lint_on_the_client(
    clients: &ScopedClients,
    id: &str,
    #[scoped]
    #[allow(unused_variables)]
    db: ScopedClient,
) -> Result<(), Error> {
    Ok(())
}

// Names in the generated code and in the user's are not the same.
#[impersonate(user = user, claims = claims(client), via = clients)]
async fn same_names(
    clients: &ScopedClients,
    user: &str,
    client: &str,
    made: u8,
    builder: u8,
    #[scoped] db: ScopedClient<scoped_runtime::NoClaims>,
) -> Result<u8, Error> {
    drop((db, client_with()));
    Ok(made + builder)
}

fn claims(_: &str) -> scoped_runtime::NoClaims {
    scoped_runtime::NoClaims {}
}

fn client_with() {}

pub(crate) fn main() {
    let _ = (run, lint_on_the_client, same_names);
}
