#![deny(warnings)]
use std::sync::Arc;
use std::time::Duration;

use scoped_runtime::blocking::{ScopedClient, ScopedClients};
use scoped_runtime::{Error, NoClaims, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

#[impersonate(user = id, via = clients)]
fn run(clients: &ScopedClients, id: &str, #[scoped] db: ScopedClient) -> Result<usize, Error> {
    let rows: Vec<String> = db.from("notes").fetch()?;
    Ok(rows.len())
}

#[impersonate(
    user = id,
    claims = Tenant { tenant_id: tenant },
    role = "reporting",
    expires_in = "1h30m",
    refresh_before = Duration::from_secs(90),
    auto_refresh = true,
    actor = "support-agent-7",
    reason = "ticket 4711",
    via = clients,
)]
fn every_argument(
    clients: &ScopedClients,
    id: String,
    tenant: String,
    #[scoped] mut db: ScopedClient<Tenant>,
) -> Result<ScopedClient<Tenant>, Error> {
    db = db.schema("api2");
    Ok(db)
}

#[impersonate(user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")]
fn process_default(#[scoped] _: ScopedClient<NoClaims>) -> Result<(), Error> {
    Ok(())
}

// For a project that async code uses too.
#[impersonate(user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11", via = clients)]
fn both(clients: &scoped_runtime::ScopedClients, #[scoped] db: ScopedClient) -> Result<(), Error> {
    db.token().map(drop)
}

struct Worker {
    id: String,
    clients: ScopedClients,
}

trait Job {
    fn run(self: Arc<Self>) -> Result<String, Error>;
    fn names<'a>(&'a self, names: &'a [&'a str]) -> Result<impl Iterator<Item = &'a str>, Error>;
}

impl Job for Worker {
    #[impersonate(user = self.id, via = self.clients)]
    fn run(self: Arc<Self>, #[scoped] db: ScopedClient) -> Result<String, Error> {
        Ok(db.user_id().to_string())
    }

    #[impersonate(user = self.id, via = self.clients)]
    fn names<'a>(&'a self, names: &'a [&'a str], #[scoped] db: ScopedClient) -> Result<impl Iterator<Item = &'a str>, Error> {
        let length = db.user_id().as_str().len();
        Ok(names.iter().copied().take(length))
    }
}

pub(crate) fn main() {
    let tenant = Tenant { tenant_id: String::new() };
    let _ = (run, every_argument, process_default, both, tenant.tenant_id);
    let _ = (Worker::run, |worker: &'static Worker| worker.names(&[]).map(drop));
}
