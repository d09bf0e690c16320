use scoped_runtime::{Error, ScopedClient, impersonate};

fn lifetime() -> u64 {
    900
}

#[impersonate(user = id, expires_in = lifetime())]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
