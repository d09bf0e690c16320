use scoped_runtime::{Error, blocking::ScopedPostgres, impersonate};

#[impersonate(user = id)]
async fn run(id: String, #[scoped] db: ScopedPostgres) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
