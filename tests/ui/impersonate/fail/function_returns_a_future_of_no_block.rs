use std::future::{Future, ready};

use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
fn run(id: String, #[scoped] db: ScopedClient) -> impl Future<Output = Result<String, Error>> {
    drop(db);
    ready(Ok(id))
}

fn main() {}
