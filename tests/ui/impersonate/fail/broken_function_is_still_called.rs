use scoped_runtime::{Error, ScopedClient, impersonate};

#[derive(scoped_runtime::__private::serde::Serialize)]
#[serde(crate = "scoped_runtime::__private::serde")]
struct Tenant {
    tenant_id: String,
}

impl scoped_runtime::ScopedClaims for Tenant {
    const CLAIMS: &'static [scoped_runtime::Claim] = &[scoped_runtime::Claim::new("tenant_id")];
}

struct Worker;

impl Worker {
    // The one mistake: the role. Everything around it is right and stays quiet.
    #[impersonate(user = id, claims = Tenant { tenant_id: tenant }, role = "service_role")]
    async fn run(&self, id: String, tenant: String, #[scoped] mut db: ScopedClient<Tenant>) -> Result<u32, Error> {
        let _: &mut ScopedClient<Tenant> = &mut db;
        if db.user_id().as_str().is_empty() {
            return Ok(0);
        }
        Ok(1)
    }
}

async fn calls(worker: &Worker) -> Result<u32, Error> {
    let rows: u32 = worker.run("id".into(), "acme".into()).await?;
    Ok(rows)
}

fn main() {
    drop(calls(&Worker));
}
