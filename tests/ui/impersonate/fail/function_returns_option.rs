use scoped_runtime::{ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedClient) -> Option<String> {
    let _ = db;
    Some(id)
}

fn main() {}
