use scoped_runtime::{Error, ScopedClient, ScopedPostgres, impersonate};

#[impersonate(user = id)]
async fn run(
    id: String,
    #[scoped] requests: ScopedClient,
    #[scoped] db: ScopedPostgres,
    #[scoped] other: ScopedPostgres,
) -> Result<(), Error> {
    let _ = (id, requests, db, other);
    Ok(())
}

fn main() {}
