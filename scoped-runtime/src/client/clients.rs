use std::fmt;
use std::sync::Arc;

use super::project::Project;
use super::{ScopedClient, ScopedClientBuilder};
use crate::claims::{NoClaims, ToUserId};
use crate::config::Config;
use crate::error::{ConfigurationError, Error};
use crate::key::{Key, Rotation};

/// A Supabase project: the configuration, the signing key and the connection pool that the clients of all
/// users share. Cheap to clone; clones are the same project.
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
#[doc(alias = "SupabaseClient")]
#[doc(alias = "createClient")]
#[doc(alias = "create_client")]
pub struct ScopedClients {
    pub(super) project: Arc<Project>,
}

impl ScopedClients {
    /// Creates the project and its connection pool. Nothing is sent.
    ///
    /// ```no_run
    /// use scoped_runtime::{Config, ScopedClients};
    ///
    /// # fn example() -> Result<(), scoped_runtime::Error> {
    /// let config = Config::builder()
    ///     .url("https://abcdefghijkl.supabase.co")
    ///     .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
    ///     .jwt_secret("a-secret-of-at-least-thirty-two-bytes")
    ///     .build()?;
    /// let clients = ScopedClients::new(config)?; // once for each process
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ConfigurationError`] when the HTTP client cannot be built from the configuration.
    pub fn new(config: Config) -> Result<Self, ConfigurationError> {
        let project = Arc::new(Project::new(config)?);
        Ok(Self { project })
    }

    /// Creates the project from environment variables; [`Config::from_env`] lists them.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), scoped_runtime::Error> {
    /// let clients = scoped_runtime::ScopedClients::from_env()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ConfigurationError`] with every missing or invalid variable.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Self::new(Config::from_env()?)
    }

    /// Returns a client for this user with all defaults: the role `authenticated`, no custom claims, and
    /// tokens with a lifetime of one hour that are renewed 60 seconds before they expire.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// let alice = clients.get("a11ce000-0000-4000-8000-000000000001")?;
    /// let notes: Vec<serde_json::Value> = alice.from("notes").select("*").fetch().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Client`] for an invalid user ID, and the other errors of
    /// [`ScopedClientBuilder::client`].
    pub fn get(&self, user_id: impl ToUserId) -> Result<ScopedClient, Error> {
        self.user(user_id).client()
    }

    /// Starts the builder of a client for this user, to set its role, claims, actor or lifetime.
    ///
    /// ```no_run
    /// # fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// use std::time::Duration;
    ///
    /// let alice = clients
    ///     .user("a11ce000-0000-4000-8000-000000000001")
    ///     .role("authenticated")
    ///     .claim("tenant_id", "acme")
    ///     .expires_in(Duration::from_secs(900))
    ///     .client()?;
    /// # Ok(()) }
    /// ```
    pub fn user(&self, user_id: impl ToUserId) -> ScopedClientBuilder<NoClaims> {
        ScopedClientBuilder::new(self.clone(), &user_id)
    }

    /// Replaces the signing key without interrupting requests. Existing clients use the new key from their
    /// next renewal on, or from their next request on with [`Rotation::at_once`](crate::Rotation::at_once).
    /// [`Rotation::signer`](crate::Rotation::signer) rotates to a key in a KMS or HSM.
    ///
    /// The last eight shared secrets still verify callers' tokens, unless the rotation is `at_once`.
    ///
    /// Register the new key with the project first, and wait until every service has fetched it; see
    /// <https://supabase.com/docs/guides/auth/signing-keys>.
    ///
    /// ```no_run
    /// # fn example(clients: scoped_runtime::ScopedClients, jwk: &str) -> Result<(), scoped_runtime::Error> {
    /// clients.rotate(scoped_runtime::SigningKey::from_jwk(jwk)?);
    /// # Ok(()) }
    /// ```
    pub fn rotate(&self, key: impl Into<Rotation>) {
        let project = &self.project;
        let verifier = |key: &Key, at_once| project.verifier.rotate(key, at_once);
        project.mint.keys.rotate(key.into(), verifier);
    }

    /// Closes every client of this user, including clones and narrowed clients: they send no further
    /// request and mint no further token. Clients that are made later are not affected; a
    /// [`MintPolicy`](crate::MintPolicy) can refuse them.
    ///
    /// Tokens that were already sent stay valid until they expire.
    ///
    /// ```no_run
    /// # fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// clients.close_user("a11ce000-0000-4000-8000-000000000001")?; // every client of this user ends
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Client`] for an invalid user ID.
    #[doc(alias = "sign_out")]
    #[doc(alias = "signOut")]
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
