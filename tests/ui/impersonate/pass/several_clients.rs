#![deny(warnings)]
use scoped_runtime::{Error, NoClaims, ScopedClient, ScopedClients, UserId, blocking, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

#[scoped_claims]
struct Admin {
    admin: bool,
}

#[impersonate(via = clients, expires_in = "5m")]
async fn transfer(
    clients: &ScopedClients,
    from: &UserId,
    to: &UserId,
    #[scoped(user = from)] a: ScopedClient,
    #[scoped(user = to)] b: ScopedClient,
) -> Result<(), Error> {
    a.from("notes").delete().execute().await?;
    b.from("notes").insert("{}").execute().await.map(drop)
}

// The attribute speaks for those that do not speak for themselves.
#[impersonate(user = id, claims = Tenant { tenant_id: tenant.clone() }, role = "reporting", via = clients)]
async fn overridden(
    clients: &ScopedClients,
    id: &str,
    tenant: String,
    #[scoped] mut mine: ScopedClient<Tenant>,
    #[scoped(role = "authenticated")] other: ScopedClient<Tenant>,
    #[scoped(claims = Admin { admin: true }, actor = id, reason = tenant)] admin: ScopedClient<Admin>,
    #[scoped(claims = NoClaims {}, expires_in = "90s", refresh_before = "30s", auto_refresh = false == tenant.is_empty())]
    _: ScopedClient,
) -> Result<bool, Error> {
    mine = other;
    let _: (ScopedClient<Tenant>, ScopedClient<Admin>) = (mine.clone(), admin.clone());
    // Actor and reason are borrowed.
    Ok(admin.claims().admin && mine.claims().tenant_id == tenant)
}

#[impersonate(via = clients)]
fn in_a_thread(
    clients: &blocking::ScopedClients,
    users: [&str; 2],
    #[scoped(user = users[0])] a: blocking::ScopedClient,
    #[scoped(user = users[1])] b: blocking::ScopedClient,
) -> Result<bool, Error> {
    Ok(a.user_id() == b.user_id())
}

pub(crate) fn main() {
    let _ = (transfer, overridden, in_a_thread);
}
