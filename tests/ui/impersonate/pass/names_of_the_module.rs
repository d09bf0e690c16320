//! What is in the function's module has no effect on what is generated, whatever its name:
//! actix-web's `#[get("/user")] async fn user()` makes `struct user;`.
#![allow(non_camel_case_types, non_upper_case_globals, dead_code)]

use std::time::Duration;

use scoped_runtime::{Error, NoClaims, ScopedClient, ScopedClients, UserId, blocking, impersonate};

struct user;
struct clients;
struct client;
struct builder;
struct error;
struct made;
struct setting;
struct claims;
struct role;
struct actor;
const reason: u8 = 1;
static via: u8 = 1;
enum Result {}
enum Option {}

#[impersonate(
    user = id,
    via = app,
    claims = NoClaims {},
    role = "authenticated",
    expires_in = "15m",
    refresh_before = Duration::from_secs(60),
    auto_refresh = true,
    actor = "support",
    reason = "ticket"
)]
async fn everything(app: ScopedClients, id: UserId, #[scoped] db: ScopedClient) -> core::result::Result<(), Error> {
    let _ = db;
    Ok(())
}

#[impersonate(user = id)]
fn waits(id: UserId, #[scoped] db: blocking::ScopedClient) -> core::result::Result<(), Error> {
    let _ = db;
    Ok(())
}

pub(crate) fn main() {
    let _ = (everything, waits);
}
