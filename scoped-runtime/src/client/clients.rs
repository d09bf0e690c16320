use std::fmt;
use std::sync::Arc;

use super::project::Project;
use super::{ScopedClient, ScopedClientBuilder};
use crate::claims::{NoClaims, ToUserId};
use crate::config::Config;
use crate::error::{ConfigurationError, Error};
use crate::key::{Key, Rotation};

/// A project: one configuration, one key, one connection pool for all its users. Cheap to clone.
///
/// ```
/// use scoped_runtime::{Config, ScopedClients};
///
/// # fn main() -> Result<(), scoped_runtime::Error> {
/// # let config = Config::builder()
/// #     .url("https://abcdefghijkl.supabase.co")
/// #     .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
/// #     .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
/// #     .build()?;
/// let clients = ScopedClients::new(config)?;
/// let alice = clients.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let query = alice.from("notes").select("*"); // sent with `.execute().await?`
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ScopedClients {
    pub(super) project: Arc<Project>,
}

impl ScopedClients {
    /// Prepares the connection pool. Nothing is sent.
    ///
    /// # Errors
    /// [`ConfigurationError`] when the HTTP client cannot be built from the configuration.
    pub fn new(config: Config) -> Result<Self, ConfigurationError> {
        let project = Arc::new(Project::new(config)?);
        Ok(Self { project })
    }

    /// The project that the environment names; see [`Config::from_env`].
    ///
    /// # Errors
    /// Every problem of the environment at once.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Self::new(Config::from_env()?)
    }

    /// A client for this user, with all defaults: role `authenticated`, no further claims, tokens
    /// that live an hour and are renewed 60 seconds before their end.
    ///
    /// # Errors
    /// [`Error::Client`] when this is no user ID.
    pub fn get(&self, user_id: impl ToUserId) -> Result<ScopedClient, Error> {
        self.user(user_id).client()
    }

    /// Starts a client for this user, to spell out more than the user ID.
    pub fn user(&self, user_id: impl ToUserId) -> ScopedClientBuilder<NoClaims> {
        ScopedClientBuilder::new(self.clone(), &user_id)
    }

    /// Signs with another key from now on, while requests run: none of them fails. Existing clients
    /// take it at their next renewal, or at their next request with [`RotateNow`](crate::RotateNow).
    ///
    /// A shared secret of before still verifies callers' tokens, the last eight of them; with `RotateNow`
    /// none does. [`Rotation::signer`](crate::Rotation::signer) rotates to a key in a KMS or HSM.
    ///
    /// Register the new key with the project first, and wait until every service knows it; see
    /// <https://supabase.com/docs/guides/auth/signing-keys>.
    pub fn rotate(&self, key: impl Into<Rotation>) {
        let project = &self.project;
        let verifier = |key: &Key, at_once| project.verifier.rotate(key, at_once);
        project.mint.keys.rotate(key.into(), verifier);
    }

    /// Ends every client of this user, clones and narrowed ones included: no request of theirs leaves
    /// from now on, and nothing is renewed. Clients that are made later begin anew; a
    /// [`MintPolicy`](crate::MintPolicy) can refuse those.
    ///
    /// Tokens that left already stay valid until their end.
    ///
    /// # Errors
    /// [`Error::Client`] when this is no user ID.
    pub fn close_user(&self, user_id: impl ToUserId) -> Result<(), Error> {
        self.project.open_users.close(&user_id.to_user_id()?);
        Ok(())
    }
}

impl fmt::Debug for ScopedClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedClients")
            .field("config", &self.project.config)
            .finish_non_exhaustive()
    }
}
