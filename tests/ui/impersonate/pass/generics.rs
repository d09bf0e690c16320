#![deny(warnings)]
use std::fmt::Display;

use scoped_runtime::{Error, ScopedClaims, ScopedClient, ScopedClients, ToUserId, impersonate};

struct App<'a> {
    clients: &'a ScopedClients,
}

#[impersonate(user = user, claims = claims, via = app.clients)]
async fn run<'a, 'b: 'a, U, C>(
    app: &'a App<'b>,
    user: U,
    claims: C,
    label: impl Display + Send,
    #[scoped] db: ScopedClient<C>,
) -> Result<(&'a str, U), Error>
where
    U: ToUserId + Clone,
    C: ScopedClaims,
{
    let _: &'b ScopedClients = app.clients;
    drop((db, label.to_string()));
    Ok(("done", user.clone()))
}

trait Work {
    fn run(&self, id: &str) -> impl Future<Output = Result<(), Error>>;
}

impl Work for App<'_> {
    #[impersonate(user = id, via = self.clients)]
    async fn run(&self, id: &str, #[scoped] db: ScopedClient) -> Result<(), Error> {
        drop((id, db));
        Ok(())
    }
}

async fn calls(app: &App<'_>) -> Result<(), Error> {
    let (_, id) = run(app, "id", scoped_runtime::NoClaims {}, 7).await?;
    app.run(id).await
}

pub(crate) fn main() {
    let _ = calls;
}
