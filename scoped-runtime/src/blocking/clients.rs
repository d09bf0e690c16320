use std::fmt;

use serde::de::DeserializeOwned;

use super::{AnonymousClient, Blocking, ScopedClient, ScopedClientBuilder};
use crate::claims::{NoClaims, ScopedClaims, ToUserId};
use crate::client::{Health, KeyCheck, ProjectClients, installed_or_from_env};
use crate::config::Config;
use crate::error::{ClientError, ConfigurationError, Error};
use crate::key::Rotation;
use crate::verify::VerifiedToken;

/// A project for code without an async runtime. Cheap to clone.
///
/// The same as [`scoped_runtime::ScopedClients`](crate::ScopedClients), but its clients are
/// [`blocking::ScopedClient`](ScopedClient). One is made from the other in either direction, and both
/// are the same project.
#[derive(Clone)]
pub struct ScopedClients {
    clients: crate::ScopedClients,
}

impl ScopedClients {
    /// Prepares the project. Nothing is sent, and no thread is started before the first request.
    ///
    /// # Errors
    /// [`ConfigurationError`] when the HTTP client cannot be built from the configuration.
    pub fn new(config: Config) -> Result<Self, ConfigurationError> {
        Ok(crate::ScopedClients::new(config)?.into())
    }

    /// The project that the environment names; see [`Config::from_env`].
    ///
    /// # Errors
    /// Every problem of the environment at once.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Self::new(Config::from_env()?)
    }

    /// A client for this user, with all defaults; see [`crate::ScopedClients::get`].
    ///
    /// # Errors
    /// [`Error::Client`] when this is no user ID.
    pub fn get(&self, user_id: impl ToUserId) -> Result<ScopedClient, Error> {
        self.user(user_id).client()
    }

    /// Starts a client for this user, to spell out more than the user ID.
    pub fn user(&self, user_id: impl ToUserId) -> ScopedClientBuilder<NoClaims> {
        crate::ScopedClientBuilder::<_, Blocking>::new(self.clients.clone(), &user_id)
    }

    /// Makes this the default of the process, for both kinds of client; see
    /// [`crate::ScopedClients::install`].
    ///
    /// # Errors
    /// [`ClientError::AlreadyInstalled`] when there is one.
    pub fn install(&self) -> Result<(), ClientError> {
        self.clients.install()
    }

    /// Signs with another key from now on; see [`crate::ScopedClients::rotate`].
    pub fn rotate(&self, key: impl Into<Rotation>) {
        self.clients.rotate(key);
    }

    /// Ends every client of this user, of both kinds; see [`crate::ScopedClients::close_user`].
    ///
    /// # Errors
    /// [`Error::Client`] when this is no user ID.
    pub fn close_user(&self, user_id: impl ToUserId) -> Result<(), Error> {
        self.clients.close_user(user_id)
    }

    /// Asks the project whether it trusts our key; see [`crate::ScopedClients::check_keys`].
    ///
    /// # Errors
    /// As there, and [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn check_keys(&self) -> Result<KeyCheck, Error> {
        self.clients.check_keys_and_wait()
    }

    /// Asks the project's API whether it is there and believes our tokens; see
    /// [`crate::ScopedClients::health`].
    ///
    /// # Errors
    /// [`ClientError::InsideRuntime`] in a task of an async runtime. What is wrong with the project is in the
    /// [`Health`].
    pub fn health(&self) -> Result<Health, Error> {
        self.clients.health_and_wait()
    }

    /// A client without a user, in the role `anon`; see [`crate::ScopedClients::anonymous`].
    ///
    /// # Errors
    /// As there.
    pub fn anonymous(&self) -> Result<AnonymousClient, ConfigurationError> {
        crate::AnonymousClient::<Blocking>::new(&self.clients)
    }

    /// Who sends this `Authorization` header; see [`crate::ScopedClients::authenticate`]. Waits only when
    /// the project's keys have to be fetched. A client of the caller's is async at first:
    /// `caller.client(clients.as_async())?.into_blocking()`.
    ///
    /// # Errors
    /// [`Error::Caller`] as there, and [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn authenticate<C>(&self, header: &str) -> Result<VerifiedToken<C>, Error>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        self.clients.authenticate_and_wait(header)
    }

    /// The same project for async code: it shares keys, sessions and what was closed.
    pub fn as_async(&self) -> &crate::ScopedClients {
        &self.clients
    }
}

/// The same project, for code without an async runtime.
impl From<crate::ScopedClients> for ScopedClients {
    fn from(clients: crate::ScopedClients) -> Self {
        Self { clients }
    }
}

#[diagnostic::do_not_recommend]
impl ProjectClients for ScopedClients {
    fn project_clients(&self) -> &crate::ScopedClients {
        &self.clients
    }
}

impl fmt::Debug for ScopedClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clients.fmt(f)
    }
}

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
    ScopedClients::from(installed_or_from_env()?).get(user_id)
}
