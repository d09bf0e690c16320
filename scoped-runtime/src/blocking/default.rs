use super::{ScopedClient, ScopedClients};
use crate::claims::ToUserId;
use crate::client;
use crate::error::Error;

/// A client for this user in one line, for code without an async runtime. The project is that of
/// [`scoped_runtime::get_client`](crate::get_client): the process's default, or the environment's.
///
/// ```no_run
/// # fn example() -> Result<(), scoped_runtime::Error> {
/// let client = scoped_runtime::blocking::get_client("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<serde_json::Value> = client.from("notes").select("*").fetch()?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`Error::Configuration`] for the environment, [`Error::Client`] when this is no user ID.
pub fn get_client(user_id: impl ToUserId) -> Result<ScopedClient, Error> {
    ScopedClients::from(client::installed_or_from_env()?).get(user_id)
}
