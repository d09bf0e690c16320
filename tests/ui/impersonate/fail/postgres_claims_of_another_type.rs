use scoped_runtime::{Error, ScopedPostgres, impersonate};

#[derive(scoped_runtime::__private::serde::Serialize)]
#[serde(crate = "scoped_runtime::__private::serde")]
struct Tenant {
    tenant_id: String,
}

impl scoped_runtime::ScopedClaims for Tenant {
    const CLAIMS: &'static [scoped_runtime::Claim] = &[scoped_runtime::Claim::new("tenant_id")];
}

#[impersonate(user = id, claims = Tenant { tenant_id: id.clone() })]
async fn run(id: String, #[scoped] db: ScopedPostgres) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
