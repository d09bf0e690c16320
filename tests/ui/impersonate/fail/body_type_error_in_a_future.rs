use std::future::Future;

use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
fn run(id: String, #[scoped] db: ScopedClient) -> impl Future<Output = Result<u32, Error>> {
    async move {
        drop(id);
        Ok(db.user_id().to_string())
    }
}

fn main() {}
