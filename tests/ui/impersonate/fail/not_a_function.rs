use scoped_runtime::{Error, ScopedClient, impersonate};

struct Worker;

#[impersonate(user = id)]
impl Worker {
    async fn run(&self, id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
        let _ = (id, db);
        Ok(())
    }
}

fn main() {}
