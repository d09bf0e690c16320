use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
