use scoped_runtime::{Error, ScopedClient, impersonate};

#[derive(scoped_runtime::__private::serde::Serialize)]
#[serde(crate = "scoped_runtime::__private::serde")]
struct Tenant {
    tenant_id: String,
}

impl scoped_runtime::ScopedClaims for Tenant {
    const CLAIMS: &'static [scoped_runtime::Claim] = &[scoped_runtime::Claim::new("tenant_id")];
}

impl Tenant {
    fn of(db: &ScopedClient) -> Self {
        Self { tenant_id: db.user_id().to_string() }
    }
}

#[impersonate(user = id, claims = Tenant::of(&db))]
async fn run(id: String, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
    let _ = (id, db);
    Ok(())
}

fn main() {}
