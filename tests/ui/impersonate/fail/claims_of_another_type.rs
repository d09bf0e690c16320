use scoped_runtime::{Error, ScopedClient, impersonate};

#[derive(scoped_runtime::__private::serde::Serialize)]
#[serde(crate = "scoped_runtime::__private::serde")]
struct Tenant {
    tenant_id: String,
}

impl scoped_runtime::ScopedClaims for Tenant {
    const CLAIMS: &'static [scoped_runtime::Claim] = &[scoped_runtime::Claim::new("tenant_id")];
}

#[derive(scoped_runtime::__private::serde::Serialize)]
#[serde(crate = "scoped_runtime::__private::serde")]
struct Seats {
    seats: u32,
}

impl scoped_runtime::ScopedClaims for Seats {
    const CLAIMS: &'static [scoped_runtime::Claim] = &[scoped_runtime::Claim::new("seats")];
}

#[impersonate(user = id, claims = Seats { seats: 3 })]
async fn run(id: String, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
