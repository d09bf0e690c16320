use std::fmt;

use serde::de::DeserializeOwned;

use super::{AnonymousClient, Blocking, ScopedClient, ScopedClientBuilder};
use crate::claims::{NoClaims, ScopedClaims, ToUserId};
use crate::client::{Health, KeyCheck, ProjectClients, installed_or_from_env};
use crate::config::Config;
use crate::error::{ClientError, ConfigurationError, Error};
use crate::key::Rotation;
use crate::verify::VerifiedToken;

/// A Supabase project for code without an async runtime. Cheap to clone.
///
/// It is [`scoped_runtime::ScopedClients`](crate::ScopedClients) with blocking clients. `From` and
/// [`as_async`](Self::as_async) convert between the two; both are the same project.
#[derive(Clone)]
pub struct ScopedClients {
    clients: crate::ScopedClients,
}

impl ScopedClients {
    /// Creates the project. Nothing is sent, and no thread is started before the first request.
    ///
    /// # Errors
    /// [`ConfigurationError`] when the HTTP client cannot be built from the configuration.
    pub fn new(config: Config) -> Result<Self, ConfigurationError> {
        Ok(crate::ScopedClients::new(config)?.into())
    }

    /// Creates the project from environment variables; [`Config::from_env`] lists them.
    ///
    /// # Errors
    /// [`ConfigurationError`] with every missing or invalid variable.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Self::new(Config::from_env()?)
    }

    /// Returns a client for this user with all defaults; see [`crate::ScopedClients::get`].
    ///
    /// # Errors
    /// The errors of [`crate::ScopedClients::get`].
    pub fn get(&self, user_id: impl ToUserId) -> Result<ScopedClient, Error> {
        self.user(user_id).client()
    }

    /// Starts the builder of a client for this user; see [`crate::ScopedClients::user`].
    pub fn user(&self, user_id: impl ToUserId) -> ScopedClientBuilder<NoClaims> {
        crate::ScopedClientBuilder::<_, Blocking>::new(self.clients.clone(), &user_id)
    }

    /// Makes this project the default of the process, for async and blocking code; see
    /// [`crate::ScopedClients::install`].
    ///
    /// # Errors
    /// [`ClientError::AlreadyInstalled`] when the process has a default already.
    pub fn install(&self) -> Result<(), ClientError> {
        self.clients.install()
    }

    /// Replaces the signing key; see [`crate::ScopedClients::rotate`].
    pub fn rotate(&self, key: impl Into<Rotation>) {
        self.clients.rotate(key);
    }

    /// Closes every async and blocking client of this user; see [`crate::ScopedClients::close_user`].
    ///
    /// # Errors
    /// [`Error::Client`] for an invalid user ID.
    pub fn close_user(&self, user_id: impl ToUserId) -> Result<(), Error> {
        self.clients.close_user(user_id)
    }

    /// Checks that the project trusts the signing key; see [`crate::ScopedClients::check_keys`].
    ///
    /// # Errors
    /// The errors of [`crate::ScopedClients::check_keys`], and [`ClientError::InsideRuntime`] in a task of an
    /// async runtime.
    pub fn check_keys(&self) -> Result<KeyCheck, Error> {
        self.clients.check_keys_and_wait()
    }

    /// Checks that the project's API answers and accepts the tokens of this project; see
    /// [`crate::ScopedClients::health`].
    ///
    /// # Errors
    /// [`ClientError::InsideRuntime`] in a task of an async runtime. A problem of the project is not an error
    /// here: [`Health::problem`] has it.
    pub fn health(&self) -> Result<Health, Error> {
        self.clients.health_and_wait()
    }

    /// Returns a client without a user, in the role `anon`; see [`crate::ScopedClients::anonymous`].
    ///
    /// # Errors
    /// The errors of [`crate::ScopedClients::anonymous`].
    pub fn anonymous(&self) -> Result<AnonymousClient, ConfigurationError> {
        crate::AnonymousClient::<Blocking>::new(&self.clients)
    }

    /// Verifies the bearer token of an `Authorization` header and returns the caller; see
    /// [`crate::ScopedClients::authenticate`]. It blocks only when the project's keys have to be fetched.
    /// To act as the caller, turn the caller's client into a blocking one:
    /// `caller.client(clients.as_async()).client()?.into_blocking()`.
    ///
    /// # Errors
    /// [`Error::Caller`] with the errors of [`crate::ScopedClients::authenticate`], and
    /// [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn authenticate<C>(&self, header: &str) -> Result<VerifiedToken<C>, Error>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        self.clients.authenticate_and_wait(header)
    }

    /// Gives the project a pool of direct connections to its database (feature `postgres`); see
    /// [`crate::ScopedClients::with_postgres`].
    ///
    /// # Errors
    /// The errors of [`crate::ScopedClients::with_postgres`].
    #[cfg(feature = "postgres")]
    pub fn with_postgres(self, pool: crate::PostgresPool) -> Result<Self, ConfigurationError> {
        Ok(self.clients.with_postgres(pool)?.into())
    }

    /// Checks the login role of the pool (feature `postgres`); see
    /// [`crate::ScopedClients::check_postgres`].
    ///
    /// # Errors
    /// The errors of [`crate::ScopedClients::check_postgres`], and [`ClientError::InsideRuntime`] in a task of
    /// an async runtime.
    #[cfg(feature = "postgres")]
    pub fn check_postgres(&self) -> Result<(), Error> {
        self.clients
            .core_without_user()
            .wait(self.clients.check_postgres())?
    }

    /// The same project for async code. Both share signing keys, sessions and closed users.
    pub fn as_async(&self) -> &crate::ScopedClients {
        &self.clients
    }
}

/// Makes blocking clients available for the same project.
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

/// Returns a blocking client for this user from the default project of the process, which is created from
/// the environment if there is none; see [`scoped_runtime::get_client`](crate::get_client).
///
/// ```no_run
/// # fn example() -> Result<(), scoped_runtime::Error> {
/// let client = scoped_runtime::blocking::get_client("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<serde_json::Value> = client.from("notes").select("*").fetch()?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// The errors of [`scoped_runtime::get_client`](crate::get_client).
pub fn get_client(user_id: impl ToUserId) -> Result<ScopedClient, Error> {
    ScopedClients::from(installed_or_from_env()?).get(user_id)
}
