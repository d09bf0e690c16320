use scoped_runtime::{Error, ScopedClient, impersonate};

// Without `#[scoped_claims]`.
struct Tenant;

#[impersonate(user = id, claims = Tenant)]
async fn run(id: String, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
