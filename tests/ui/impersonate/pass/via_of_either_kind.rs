#![deny(warnings)]
use std::sync::{Arc, LazyLock, Mutex};

use scoped_runtime::{Error, ScopedClient, ScopedClients, blocking, impersonate};

struct App {
    clients: ScopedClients,
    blocking: blocking::ScopedClients,
}

#[impersonate(user = id, via = app.clients)]
fn plain_via_async(app: &App, id: &str, #[scoped] db: blocking::ScopedClient) -> Result<(), Error> {
    db.token().map(drop)
}

#[impersonate(user = id, via = app.blocking)]
async fn async_via_blocking(app: &App, id: &str, #[scoped] db: ScopedClient) -> Result<(), Error> {
    db.token().map(drop)
}

#[impersonate(user = id, via = clients)]
fn plain_via_a_pointer(clients: &Arc<ScopedClients>, id: &str, #[scoped] db: blocking::ScopedClient) -> Result<(), Error> {
    db.token().map(drop)
}

#[impersonate(user = id, via = clients.lock().unwrap())]
async fn async_via_a_lock(clients: &Mutex<Arc<blocking::ScopedClients>>, id: &str, #[scoped] db: ScopedClient) -> Result<(), Error> {
    db.token().map(drop)
}

static CLIENTS: LazyLock<ScopedClients> = LazyLock::new(|| ScopedClients::from_env().unwrap());

#[impersonate(user = id, via = CLIENTS)]
fn plain_via_a_static(id: &str, #[scoped] db: blocking::ScopedClient) -> Result<(), Error> {
    db.token().map(drop)
}

pub(crate) fn main() {
    let _ = (plain_via_async, async_via_blocking, plain_via_a_pointer, async_via_a_lock, plain_via_a_static);
}
