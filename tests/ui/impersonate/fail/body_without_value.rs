use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<u32, Error> {
    drop((id, db));
}

fn main() {}
