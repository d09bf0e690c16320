use scoped_runtime::{Error, ScopedClient, impersonate};

#[impersonate(user = from, role = "reporting")]
async fn run(from: String, to: String, #[scoped(user = from)] a: ScopedClient, #[scoped(user = to)] b: ScopedClient) -> Result<(), Error> {
    let _ = (from, to, a, b);
    Ok(())
}

fn main() {}
