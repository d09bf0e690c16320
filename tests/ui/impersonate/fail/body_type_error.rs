use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedClient) -> Result<u32, Error> {
    let name: &str = db.user_id().as_str();
    let length: u32 = name;
    drop(id);
    Ok(length)
}

fn main() {}
