use std::future::Future;

use async_trait::async_trait;
use scoped_runtime::{Error, ScopedClient, blocking, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

// One mistake each: the role. Everything around it is right and stays quiet.
#[impersonate(user = id, role = "service_role")]
fn plain(id: String, #[scoped] db: blocking::ScopedClient) -> Result<u16, Error> {
    Ok(db.from("notes").execute()?.status())
}

#[impersonate(user = id, role = "postgres")]
fn future(id: String, #[scoped] db: ScopedClient) -> impl Future<Output = Result<u16, Error>> {
    async move { Ok(db.from("notes").execute().await?.status()) }
}

#[impersonate(role = "supabase_admin")]
async fn two(
    from: String,
    to: &str,
    #[scoped(user = from, claims = Tenant { tenant_id: to.to_owned() })] mut a: ScopedClient<Tenant>,
    #[scoped(user = to)] b: ScopedClient,
) -> Result<bool, Error> {
    a = a.schema("api2");
    Ok(a.user_id() == b.user_id())
}

struct Worker;

#[async_trait]
trait Work {
    async fn run(&self, id: String) -> Result<u16, Error>;
}

#[async_trait]
impl Work for Worker {
    #[impersonate(user = id, role = "authenticator")]
    async fn run(&self, id: String, #[scoped] mut db: ScopedClient) -> Result<u16, Error> {
        db = db.schema("api2");
        Ok(db.from("notes").execute().await?.status())
    }
}

async fn calls() -> Result<u16, Error> {
    two("from".into(), "to").await?;
    Worker.run("id".into()).await?;
    Ok(plain("id".into())? + future("id".into()).await?)
}

fn main() {
    drop(calls());
}
