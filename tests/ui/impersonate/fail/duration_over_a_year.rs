use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id, expires_in = "8761h")]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
