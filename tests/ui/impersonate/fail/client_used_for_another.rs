use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(role = "reporting")]
async fn run(from: String, #[scoped(user = from)] a: ScopedClient, #[scoped(user = a.user_id())] b: ScopedClient) -> Result<(), Error> {
    let _ = (from, a, b);
    Ok(())
}

fn main() {}
