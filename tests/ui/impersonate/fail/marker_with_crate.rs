use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped(crate = scoped_runtime)] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
