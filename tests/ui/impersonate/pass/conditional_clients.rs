//! A parameter with `#[cfg(...)]` is there when the compiler sees it, and only then.

use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

#[impersonate(user = user, via = clients)]
async fn not_there(
    clients: ScopedClients,
    user: String,
    #[scoped] db: ScopedClient,
    #[cfg(any())]
    #[scoped(user = there_is_no_such_function())]
    second: ScopedClient,
) -> Result<(), Error> {
    let _ = db.user_id();
    Ok(())
}

#[impersonate(user = user, via = clients)]
async fn one_of_two(
    clients: ScopedClients,
    user: String,
    #[cfg(any())]
    #[scoped]
    db: Missing,
    #[cfg(not(any()))]
    #[scoped]
    db: ScopedClient,
) -> Result<(), Error> {
    let _ = db.user_id();
    Ok(())
}

#[impersonate(user = user, via = clients)]
async fn only_one_is_conditional(
    clients: ScopedClients,
    user: String,
    #[cfg(any())]
    #[scoped]
    other: ScopedClient,
    #[scoped] db: ScopedClient,
) -> Result<(), Error> {
    let _ = db.user_id();
    Ok(())
}

#[impersonate(user = user, via = clients)]
async fn all_there(
    clients: ScopedClients,
    user: String,
    #[cfg(all())]
    #[scoped]
    first: ScopedClient,
    #[cfg(all())]
    #[scoped(user = "00000000-0000-4000-8000-00000000000b")]
    second: ScopedClient,
) -> Result<(), Error> {
    let _ = (first.user_id(), second.user_id());
    Ok(())
}

pub(crate) fn main() {
    let _ = (not_there, one_of_two, only_one_is_conditional, all_there);
}
