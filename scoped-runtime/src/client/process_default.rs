use std::sync::OnceLock;

use super::{ScopedClient, ScopedClients};
use crate::claims::ToUserId;
use crate::error::{ClientError, Error};

/// The project of [`ScopedClients::install`], the only global state of this crate.
static DEFAULT: OnceLock<ScopedClients> = OnceLock::new();

impl ScopedClients {
    /// Makes this project the default of the process, which [`get_client`] and `#[impersonate]` without
    /// `via` use. Call it once, at start-up.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), scoped_runtime::Error> {
    /// scoped_runtime::ScopedClients::from_env()?.install()?;
    /// let alice = scoped_runtime::get_client("a11ce000-0000-4000-8000-000000000001")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ClientError::AlreadyInstalled`] when the process has a default already.
    pub fn install(&self) -> Result<(), ClientError> {
        DEFAULT
            .set(self.clone())
            .map_err(|_| ClientError::AlreadyInstalled)
    }
}

/// Returns the project that is the default of the process.
///
/// # Errors
/// [`ClientError::NotInstalled`] when [`ScopedClients::install`] was not called.
pub fn installed() -> Result<ScopedClients, Error> {
    DEFAULT
        .get()
        .cloned()
        .ok_or_else(|| ClientError::NotInstalled.into())
}

/// Returns a client for this user from the default project of the process. If there is none, the project
/// is created from the environment and becomes the default, so that all calls share one connection pool.
///
/// ```no_run
/// # async fn example() -> Result<(), scoped_runtime::Error> {
/// let client = scoped_runtime::get_client("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<serde_json::Value> = client.from("notes").select("*").fetch().await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`Error::Configuration`] for a missing or invalid environment variable, [`Error::Client`] for an invalid
/// user ID.
#[doc(alias = "get_async_client")]
#[doc(alias = "createClient")]
#[doc(alias = "create_client")]
pub fn get_client(user_id: impl ToUserId) -> Result<ScopedClient, Error> {
    installed_or_from_env()?.get(user_id)
}

/// Returns the default project of the process, or creates it from the environment.
pub(crate) fn installed_or_from_env() -> Result<ScopedClients, Error> {
    if let Some(clients) = DEFAULT.get() {
        return Ok(clients.clone());
    }
    let clients = ScopedClients::from_env()?;
    Ok(DEFAULT.get_or_init(|| clients).clone())
}
