#![deny(warnings)]
use async_trait::async_trait;
use scoped_runtime::{Error, ScopedClient, ScopedClients, blocking, impersonate};
use tracing::instrument;

#[impersonate(user = id, via = clients)]
#[instrument(skip(clients))]
async fn above(clients: &ScopedClients, id: &str, #[scoped] db: ScopedClient) -> Result<usize, Error> {
    let rows: Vec<String> = db.from("notes").fetch().await?;
    Ok(rows.len())
}

// The span's fields have the client, since it shows the user and the role only.
#[instrument(skip(clients), err)]
#[impersonate(user = id, via = clients)]
async fn below(clients: &ScopedClients, id: &str, #[scoped] db: ScopedClient) -> Result<usize, Error> {
    let rows: Vec<String> = db.from("notes").fetch().await?;
    Ok(rows.len())
}

#[impersonate(user = id, via = clients)]
#[instrument(skip_all, fields(id), ret)]
fn blocking_above(clients: blocking::ScopedClients, id: &str, #[scoped] db: blocking::ScopedClient) -> Result<usize, Error> {
    let rows: Vec<String> = db.from("notes").fetch()?;
    Ok(rows.len())
}

#[instrument(skip_all)]
#[impersonate(user = id, via = clients)]
fn blocking_below(clients: blocking::ScopedClients, id: &str, #[scoped] db: blocking::ScopedClient) -> Result<usize, Error> {
    let rows: Vec<String> = db.from("notes").fetch()?;
    Ok(rows.len())
}

struct Worker {
    id: String,
    clients: ScopedClients,
}

#[async_trait]
trait Work {
    async fn above(&self) -> Result<String, Error>;
    async fn below(&self, name: String) -> Result<String, Error>;
}

#[async_trait]
impl Work for Worker {
    #[impersonate(user = self.id, via = self.clients)]
    #[instrument(skip_all)]
    async fn above(&self, #[scoped] db: ScopedClient) -> Result<String, Error> {
        Ok(db.user_id().to_string())
    }

    #[instrument(skip_all)]
    #[impersonate(user = self.id, via = self.clients)]
    async fn below(&self, name: String, #[scoped] db: ScopedClient) -> Result<String, Error> {
        Ok(format!("{name} {}", db.user_id()))
    }
}

pub(crate) fn main() {
    let _ = (above, below, blocking_above, blocking_below, Worker::above, Worker::below);
}
