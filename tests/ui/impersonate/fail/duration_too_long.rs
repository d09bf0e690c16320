use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id, expires_in = "99999999999999999h")]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
