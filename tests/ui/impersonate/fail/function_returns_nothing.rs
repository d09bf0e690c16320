use scoped_runtime::{ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedClient) {
    let _ = (id, db);
}

fn main() {}
