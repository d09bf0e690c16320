use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id, expires_in = "5m", refresh_before = "300s")]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

#[impersonate(user = id, expires_in = "1h", refresh_before = "5m")]
async fn in_a_marker(id: String, #[scoped(expires_in = "2m")] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
