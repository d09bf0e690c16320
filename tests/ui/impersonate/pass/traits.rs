#![deny(warnings)]
use std::future::Future;

use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

struct Worker {
    clients: ScopedClients,
}

trait Work {
    type Row;

    fn fetch<'a>(&'a self, id: &'a str) -> impl Future<Output = Result<Vec<Self::Row>, Error>> + Send;

    #[allow(async_fn_in_trait)]
    async fn store<T: Into<String>>(&self, id: &str, row: T) -> Result<(), Error>;
}

impl Work for Worker {
    type Row = String;

    #[impersonate(user = id, via = self.clients)]
    async fn fetch<'a>(&'a self, id: &'a str, #[scoped] db: ScopedClient) -> Result<Vec<Self::Row>, Error> {
        db.from("notes").fetch().await
    }

    #[impersonate(user = id, via = self.clients)]
    async fn store<T: Into<String>>(&self, id: &str, row: T, #[scoped] db: ScopedClient) -> Result<(), Error> {
        db.from("notes").insert(row.into()).execute().await.map(drop)
    }
}

fn is_send<T: Send>(_: T) {}

pub(crate) fn main() {
    let _ = |worker: &Worker| is_send(worker.fetch("id"));
    let _ = |worker: &'static Worker| worker.store("id", "row");
}
