use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] #[scoped(role = "anon")] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
