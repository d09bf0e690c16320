use scoped_runtime::{blocking::ScopedClient, impersonate};

type Answer = Option<String>;

#[impersonate(user = id)]
fn run(id: String, #[scoped] db: ScopedClient) -> Answer {
    drop(db);
    Some(id)
}

fn main() {}
