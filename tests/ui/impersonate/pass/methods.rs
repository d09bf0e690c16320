#![deny(warnings)]
use std::sync::Arc;

use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

struct Worker {
    id: String,
    clients: Arc<ScopedClients>,
    runs: u32,
}

impl Worker {
    #[impersonate(user = self.id, via = self.clients)]
    async fn look(&self, #[scoped] db: ScopedClient) -> Result<bool, Error> {
        Ok(db.user_id().as_str() == self.id)
    }

    #[impersonate(user = self.id, via = self.clients)]
    async fn count(&mut self, by: u32, #[scoped] db: ScopedClient) -> Result<u32, Error> {
        self.runs += by;
        self.id = db.user_id().to_string();
        Ok(self.runs)
    }

    #[impersonate(user = self.id, via = self.clients)]
    async fn finish(self, #[scoped] db: ScopedClient) -> Result<String, Error> {
        drop(db);
        Ok(self.id)
    }

    #[impersonate(user = self.id, via = *self.clients)]
    async fn shared(self: Arc<Self>, #[scoped] db: ScopedClient) -> Result<ScopedClient, Error> {
        Ok(db)
    }

    async fn all(mut self) -> Result<String, Error> {
        self.count(2).await?;
        self.look().await?;
        self.finish().await
    }
}

pub(crate) fn main() {
    let _ = (Worker::all, Worker::shared);
}
