use scoped_runtime::{Error, blocking::ScopedClient, impersonate};

async fn load(_: u32) -> String {
    String::new()
}

#[impersonate(user = load(number).await)]
fn run(number: u32, #[scoped] db: ScopedClient) -> Result<(), Error> {
    drop(db);
    Ok(())
}

fn main() {}
