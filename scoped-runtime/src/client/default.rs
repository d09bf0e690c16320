use std::sync::OnceLock;

use super::{ScopedClient, ScopedClients};
use crate::claims::ToUserId;
use crate::error::{ClientError, Error};

/// The only global state of this crate.
static DEFAULT: OnceLock<ScopedClients> = OnceLock::new();

impl ScopedClients {
    /// Makes this the default of the process: what `#[impersonate]` without `via` and
    /// [`get_client`] use. Call it once, at start-up.
    ///
    /// # Errors
    /// [`ClientError::AlreadyInstalled`] when there is one.
    pub fn install(&self) -> Result<(), ClientError> {
        DEFAULT
            .set(self.clone())
            .map_err(|_| ClientError::AlreadyInstalled)
    }
}

/// The default of the process.
///
/// # Errors
/// [`ClientError::NotInstalled`] when there is none.
pub fn installed() -> Result<ScopedClients, Error> {
    DEFAULT
        .get()
        .cloned()
        .ok_or_else(|| ClientError::NotInstalled.into())
}

/// A client for this user in one line. The project is the process's default; without one, it is read
/// from the environment and becomes the default, so that all calls share one connection pool.
///
/// ```no_run
/// # async fn example() -> Result<(), scoped_runtime::Error> {
/// let client = scoped_runtime::get_client("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<serde_json::Value> = client.from("notes").select("*").fetch().await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`Error::Configuration`] for the environment, [`Error::Client`] when this is no user ID.
pub fn get_client(user_id: impl ToUserId) -> Result<ScopedClient, Error> {
    installed_or_from_env()?.get(user_id)
}

/// The default of the process; without one, the environment's becomes it.
pub(crate) fn installed_or_from_env() -> Result<ScopedClients, Error> {
    if let Some(clients) = DEFAULT.get() {
        return Ok(clients.clone());
    }
    let clients = ScopedClients::from_env()?;
    Ok(DEFAULT.get_or_init(|| clients).clone())
}
