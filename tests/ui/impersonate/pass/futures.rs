#![deny(warnings)]
// Functions that return the future of an async block.
use std::future::Future;
use std::pin::Pin;

use futures_util::future::BoxFuture;
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

#[impersonate(user = id, via = clients)]
fn opaque(clients: ScopedClients, id: String, #[scoped] db: ScopedClient) -> impl Future<Output = Result<usize, Error>> + Send {
    async move {
        let rows: Vec<String> = db.from("notes").fetch().await?;
        Ok(rows.len() + id.len())
    }
}

#[impersonate(user = id, via = clients)]
fn boxed<'a>(clients: &'a ScopedClients, id: &'a str, #[scoped] mut db: ScopedClient) -> Pin<Box<dyn Future<Output = Result<ScopedClient, Error>> + Send + 'a>> {
    println!("before the client is made");
    Box::pin(async move {
        db = db.schema(id);
        Ok(db)
    })
}

#[impersonate(user = id, via = clients)]
fn aliased<'a>(clients: &'a ScopedClients, id: &'a str, #[scoped] db: ScopedClient) -> BoxFuture<'a, Result<String, Error>> {
    Box::pin(async move { Ok(db.user_id().to_string()) })
}

type Answer<'a> = BoxFuture<'a, Result<String, Error>>;

#[impersonate(user = id, via = clients)]
fn unknown<'a>(clients: &'a ScopedClients, id: &'a str, #[scoped] db: ScopedClient) -> Answer<'a> {
    Box::pin(async move { Ok(db.user_id().to_string()) })
}

pub(crate) fn main() {
    let _ = (opaque, boxed, aliased, unknown);
}
