use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    drop((id, db));
    Ok(())
}

fn main() {}
