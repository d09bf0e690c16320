use scoped_runtime::{ScopedClient, impersonate};

struct MyError;

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<(), MyError> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
