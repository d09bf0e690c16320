use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id, read_only = "false")]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
