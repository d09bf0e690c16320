use scoped_runtime::{Error, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: Option<String>) -> Result<(), Error> {
    drop((id, db));
    Ok(())
}

fn main() {}
