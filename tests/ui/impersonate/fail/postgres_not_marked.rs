use scoped_runtime::{Error, ScopedPostgres, impersonate};

#[impersonate(user = id)]
async fn run(id: String, db: ScopedPostgres) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
