use axum::extract::{Path, State};
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

#[axum::debug_handler]
#[impersonate(user = user, via = clients)]
async fn notes(
    State(clients): State<ScopedClients>,
    Path(user): Path<String>,
    #[scoped] db: ScopedClient,
) -> Result<String, Error> {
    let _ = (&clients, &user);
    Ok(db.user_id().to_string())
}

fn main() {}
