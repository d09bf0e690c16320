use scoped_runtime::{Error, ScopedClient, impersonate};

// The same refusals as in the attribute.
#[impersonate(user = id)]
async fn run(
    id: String,
    #[scoped(rol = "anon", user = "", user = id)] a: ScopedClient,
    #[scoped(role = "service_role", expires_in = "90", via)] b: ScopedClient,
) -> Result<(), Error> {
    let _ = (id, a, b);
    Ok(())
}

fn main() {}
