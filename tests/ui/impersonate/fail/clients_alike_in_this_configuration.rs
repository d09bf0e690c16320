use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = id)]
async fn run(
    id: String,
    #[cfg(all())]
    #[scoped]
    db: ScopedClient,
    #[cfg(not(any()))]
    #[scoped]
    other: ScopedClient,
) -> Result<(), Error> {
    let _ = (id, db, other);
    Ok(())
}

fn main() {}
