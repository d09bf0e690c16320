use std::future::Future;

use scoped_runtime::{ScopedClient, impersonate};

#[impersonate(user = id)]
fn run(id: String, #[scoped] db: ScopedClient) -> impl Future<Output = ()> {
    async move { drop((id, db)) }
}

fn main() {}
