use scoped_runtime::blocking::ScopedClient;
use scoped_runtime::{Error, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    drop((id, db));
    Ok(())
}

fn main() {}
