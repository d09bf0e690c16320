#![deny(warnings)]
use scoped_runtime::{Error, NoClaims, ScopedClient, ScopedClients, ScopedPostgres, blocking, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

#[impersonate(user = id, claims = Tenant { tenant_id: id.to_owned() }, via = clients)]
async fn with_claims(clients: &ScopedClients, id: &str, #[scoped] db: ScopedPostgres<Tenant>) -> Result<u64, Error> {
    db.execute("delete from notes where tenant = $1", &[&db.claims().tenant_id]).await
}

// One user over both ways is no duplicate.
#[impersonate(user = id, via = clients)]
async fn both(
    clients: &ScopedClients,
    id: &str,
    #[scoped] requests: ScopedClient,
    #[scoped] db: ScopedPostgres,
) -> Result<bool, Error> {
    let identity = db.identity().map(|identity| identity.user_id());
    Ok(identity == Some(requests.user_id()))
}

#[impersonate(user = id)]
async fn transaction(id: String, #[scoped(read_only = true)] db: ScopedPostgres<NoClaims>) -> Result<i64, Error> {
    db.transaction(async |tx| tx.fetch_one("select count(*) from notes", &[]).await).await
}

#[impersonate(user = id, via = clients)]
fn blocks(
    clients: &blocking::ScopedClients,
    id: &str,
    #[scoped] db: blocking::ScopedPostgres,
) -> Result<i64, Error> {
    db.transaction(|tx| tx.fetch_one("select count(*) from notes", &[]))
}

fn is_send(_: impl Send) {}

pub(crate) fn main() {
    is_send(transaction(String::new()));
    let _ = (with_claims, both, blocks);
}
