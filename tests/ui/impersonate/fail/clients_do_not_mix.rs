use scoped_runtime::{Error, ScopedClient, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

#[scoped_claims]
struct Admin {
    admin: bool,
}

fn delete_everything(_: &ScopedClient<Admin>) {}

#[impersonate(user = id)]
async fn run(
    id: String,
    #[scoped(claims = Tenant { tenant_id: id.clone() })] tenant: ScopedClient<Tenant>,
    #[scoped(claims = Admin { admin: true })] admin: ScopedClient<Admin>,
) -> Result<(), Error> {
    delete_everything(&admin);
    delete_everything(&tenant);
    Ok(())
}

fn main() {}
