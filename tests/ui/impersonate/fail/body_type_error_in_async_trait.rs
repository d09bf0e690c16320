use async_trait::async_trait;
use scoped_runtime::{Error, ScopedClient, impersonate};

#[async_trait]
trait Work {
    async fn run(&self, id: String) -> Result<u32, Error>;
}

struct Worker;

#[async_trait]
impl Work for Worker {
    #[impersonate(user = id)]
    async fn run(&self, id: String, #[scoped] db: ScopedClient) -> Result<u32, Error> {
        drop(id);
        Ok(db.user_id().as_str())
    }
}

fn main() {}
