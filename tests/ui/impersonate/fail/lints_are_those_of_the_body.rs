#![deny(unused)]
use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, forgotten: u32, #[scoped] mut db: ScopedClient) -> Result<(), Error> {
    Ok(())
}

fn main() {
    drop(run(String::new(), 1));
}
