use std::fmt::Display;
use std::pin::Pin;

use scoped_runtime::{ScopedClient, impersonate};

trait Stream {
    type Item;
}

struct Empty;

impl Stream for Empty {
    type Item = u8;
}

#[impersonate(user = id)]
fn stream(id: String, #[scoped] db: ScopedClient) -> impl Stream<Item = u8> + Send {
    let _ = (id, db);
    Empty
}

#[impersonate(user = id)]
fn boxed(id: String, #[scoped] db: ScopedClient) -> Pin<Box<dyn Stream<Item = u8>>> {
    let _ = (id, db);
    Box::pin(Empty)
}

#[impersonate(user = id)]
async fn iterator(id: String, #[scoped] db: ScopedClient) -> impl Iterator<Item = u8> {
    let _ = (id, db);
    [1].into_iter()
}

#[impersonate(user = id)]
async fn shown(id: String, #[scoped] db: ScopedClient) -> Box<dyn Display + Send> {
    let _ = (id, db);
    Box::new(1)
}

fn main() {}
