#![deny(warnings)]
// The attribute sees methods that `async_trait` has turned into `Box::pin(async move { .. })`.
use std::sync::Arc;

use async_trait::async_trait;
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

struct Job {
    user: String,
    tenant: String,
}

struct Worker {
    id: String,
    clients: ScopedClients,
}

#[async_trait]
trait Work {
    async fn by_reference(&self, id: &str) -> Result<usize, Error>;
    async fn by_mutable_reference(&mut self, by: usize) -> Result<usize, Error>;
    async fn by_value(self) -> Result<String, Error>;
    async fn shared(self: Arc<Self>, id: String) -> Result<String, Error>;
    async fn destructured(&self, job: Job) -> Result<String, Error>;
    async fn generic<'a, T>(&'a self, name: &'a str, value: T) -> Result<(T, &'a str), Error>
    where
        T: AsRef<str> + Send;
    async fn associated(clients: ScopedClients, id: impl AsRef<str> + Send) -> Result<(), Error>;
    async fn ignored(&self) -> Result<(), Error>;
}

#[async_trait]
impl Work for Worker {
    #[impersonate(user = id, via = self.clients)]
    async fn by_reference(&self, id: &str, #[scoped] db: ScopedClient) -> Result<usize, Error> {
        let rows: Vec<String> = db.from(&self.id).fetch().await?;
        Ok(rows.len())
    }

    #[impersonate(user = self.id, via = self.clients)]
    async fn by_mutable_reference(&mut self, by: usize, #[scoped] mut db: ScopedClient) -> Result<usize, Error> {
        self.id.clear();
        db = db.schema("api2");
        Ok(db.user_id().as_str().len() + by)
    }

    #[impersonate(user = self.id, via = self.clients)]
    async fn by_value(self, #[scoped] db: ScopedClient) -> Result<String, Error> {
        drop(db);
        Ok(self.id)
    }

    #[impersonate(user = id, reason = format!("as {}", self.id), via = self.clients)]
    async fn shared(self: Arc<Self>, id: String, #[scoped] db: ScopedClient) -> Result<String, Error> {
        Ok(format!("{id} {db:?} {}", self.id))
    }

    #[impersonate(user = user, claims = Tenant { tenant_id: tenant.clone() }, via = self.clients)]
    async fn destructured(&self, Job { user, tenant }: Job, #[scoped] db: ScopedClient<Tenant>) -> Result<String, Error> {
        Ok(format!("{user} {tenant} {}", db.claims().tenant_id))
    }

    #[impersonate(user = value.as_ref(), via = self.clients)]
    async fn generic<'a, T>(&'a self, name: &'a str, value: T, #[scoped] db: ScopedClient) -> Result<(T, &'a str), Error>
    where
        T: AsRef<str> + Send,
    {
        drop(db.from(name).execute().await?);
        Ok((value, name))
    }

    #[impersonate(user = id.as_ref(), via = clients)]
    async fn associated(clients: ScopedClients, id: impl AsRef<str> + Send, #[scoped] db: ScopedClient) -> Result<(), Error> {
        db.from(id).execute().await.map(drop)
    }

    #[impersonate(user = load(&self.id).await?, via = self.clients)]
    async fn ignored(&self, #[scoped] _: ScopedClient) -> Result<(), Error> {
        Ok(())
    }
}

async fn load(id: &str) -> Result<String, Error> {
    Ok(id.to_owned())
}

async fn calls(worker: Worker, work: &mut dyn Object) -> Result<(), Error> {
    worker.by_reference("id").await?;
    Worker::associated(worker.clients.clone(), "id").await?;
    work.run().await
}

#[async_trait(?Send)]
trait Object {
    async fn run(&mut self) -> Result<(), Error>;
}

#[async_trait(?Send)]
impl Object for Worker {
    #[impersonate(user = self.id, via = self.clients)]
    async fn run(&mut self, #[scoped] db: ScopedClient) -> Result<(), Error> {
        db.from("notes").execute().await.map(drop)
    }
}

pub(crate) fn main() {
    let _ = calls;
}
