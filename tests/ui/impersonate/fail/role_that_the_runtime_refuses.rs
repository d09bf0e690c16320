use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id, role = " authenticated")]
async fn blank(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

#[impersonate(user = id, role = "None")]
async fn none(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
