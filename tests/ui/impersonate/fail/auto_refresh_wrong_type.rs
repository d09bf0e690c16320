use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id, auto_refresh = id.len())]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
