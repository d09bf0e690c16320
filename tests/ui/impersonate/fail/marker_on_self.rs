use scoped_runtime::{Error, ScopedClient, impersonate};

struct Worker {
    id: String,
}

impl Worker {
    #[impersonate(user = self.id)]
    async fn run(#[scoped] &self) -> Result<(), Error> {
        let _: Option<ScopedClient> = None;
        Ok(())
    }
}

fn main() {}
