use scoped_runtime::{Error, ScopedClient, impersonate};

#[allow(async_fn_in_trait)]
trait Work {
    #[impersonate(user = id)]
    async fn run(&self, id: String, #[scoped] db: ScopedClient) -> Result<(), Error>;
}

struct Worker;

impl Work for Worker {
    async fn run(&self, id: String) -> Result<(), Error> {
        let _ = id;
        Ok(())
    }
}

fn main() {}
