#![deny(warnings)]
use std::time::Duration;

use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

struct App {
    clients: ScopedClients,
    lifetime: Duration,
}

impl App {
    fn clients(&self) -> &ScopedClients {
        &self.clients
    }
}

#[impersonate(
    user = id,
    claims = Tenant { tenant_id: tenant },
    role = "reporting",
    expires_in = "1h30m",
    refresh_before = "2m",
    auto_refresh = true,
    read_only = true,
    actor = "support-agent-7",
    reason = "ticket 4711",
    via = app.clients,
)]
async fn literals(app: &App, id: String, tenant: String, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
    drop(db);
    Ok(())
}

#[impersonate(via = &app.clients(), refresh_before = app.lifetime / 2, auto_refresh = !id.is_empty(), read_only = id.is_empty(), reason = reason, actor = format!("as {id}"), expires_in = app.lifetime * 2, role = role, user = &&id[..], claims = load(id).await?)]
async fn expressions(app: &App, id: &str, role: &str, reason: String, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
    drop((db, reason));
    Ok(())
}

async fn load(id: &str) -> Result<Tenant, Error> {
    Ok(Tenant { tenant_id: id.to_owned() })
}

async fn calls(app: &App) -> Result<(), Error> {
    literals(app, String::new(), String::new()).await?;
    expressions(app, "", "authenticated", String::new()).await
}

pub(crate) fn main() {
    let tenant = Tenant { tenant_id: String::new() };
    let _ = (calls, tenant.tenant_id);
}
