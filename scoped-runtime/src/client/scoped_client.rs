use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::core::{Core, UserCore};
use super::typed_store::TypedStore;
use super::{Async, Mode, NarrowBuilder};
use crate::claims::{NoClaims, Role, ScopedClaims, UserId};
use crate::error::Error;
use crate::session::{Identity, TokenSource, TokenWatch};
use crate::token::AccessToken;

/// A client that acts as one user with one set of claims, which never change. Its token is renewed
/// automatically.
///
/// "Scoped" means bound to one subject, role and set of claims. The client is cheap to clone; clones share
/// the token. `Debug` shows the user, the role and whether the client is read-only.
///
/// The type parameter `M` is the [`Mode`]: async, or blocking with the feature `blocking`.
///
/// ```no_run
/// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
/// let alice = clients.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<serde_json::Value> = alice.from("notes").select("*").eq("done", false).fetch().await?;
/// # Ok(()) }
/// ```
pub struct ScopedClient<C = NoClaims, M: Mode = Async> {
    pub(super) core: Arc<Core>,
    source: Arc<dyn TokenSource>,
    pub(super) claims: Arc<C>,
    schema: Option<Arc<str>>,
    mode: PhantomData<fn() -> M>,
}

impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// Returns a clone of this client that queries another schema. The schema must be exposed by the API; see
    /// <https://docs.postgrest.org/en/stable/references/api/schemas.html>.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let tasks: Vec<serde_json::Value> = alice.schema("api2").from("tasks").select("*").fetch().await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn schema(&self, name: impl AsRef<str>) -> Self {
        Self {
            schema: Some(name.as_ref().into()),
            ..self.clone()
        }
    }

    /// The user that this client acts as.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        self.identity().user_id()
    }

    /// The database role that requests run as.
    #[must_use]
    pub fn role(&self) -> &Role {
        self.identity().role()
    }

    /// The claims that every token of this client carries.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// The user, role and claims that this client acts with.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.source.identity()
    }

    /// Whether this client is [read-only](crate::ScopedClientBuilder::read_only).
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.core.is_read_only
    }

    /// Returns a read-only clone of this client, with the restrictions of
    /// [`ScopedClientBuilder::read_only`](crate::ScopedClientBuilder::read_only). It shares the token of the
    /// original client, and closing the original client closes it.
    #[must_use]
    pub fn read_only(&self) -> Self {
        let Core {
            source,
            close_flag,
            project,
            ..
        } = &*self.core;
        let core = Core {
            source: source.clone(),
            close_flag: close_flag.derive(),
            project: Arc::clone(project),
            is_read_only: true,
            store: TypedStore::default(),
        };
        Self {
            core: Arc::new(core),
            ..self.clone()
        }
    }

    /// Starts the builder of a client with a shorter token lifetime, fewer claims, or another role that the
    /// [`MintPolicy`](crate::MintPolicy) lists. Closing this client closes the derived one.
    ///
    /// ```no_run
    /// # fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let short = alice.narrow().expires_in(std::time::Duration::from_secs(60)).client()?;
    /// # Ok(()) }
    /// ```
    pub fn narrow(&self) -> NarrowBuilder<C, M> {
        NarrowBuilder::new(self)
    }

    /// Closes this client, its clones and the clients that were narrowed from it: they send no further
    /// request and mint no further token. Tokens that were already sent stay valid until they expire.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let copy = alice.clone();
    /// alice.close();
    /// assert!(copy.from("notes").select("*").execute().await.is_err()); // nothing was sent
    /// # Ok(()) }
    /// ```
    #[doc(alias = "sign_out")]
    #[doc(alias = "signOut")]
    pub fn close(&self) {
        self.core.close_flag.close();
    }
}

impl<C: ScopedClaims> ScopedClient<C> {
    /// Returns a live token, for another library that talks to the same project. Call it for each use
    /// instead of keeping the token, which expires.
    ///
    /// ```no_run
    /// # fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let token = alice.token()?;
    /// println!("until {:?}", token.expires_at());
    /// let authorization = format!("Bearer {}", token.expose_secret()); // a secret
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Token`] when the token has to be renewed and cannot be. With a remote
    /// [`Signer`](crate::Signer), that includes [`TokenError::AwaitSigner`](crate::TokenError::AwaitSigner):
    /// use [`token_async`](Self::token_async) there. [`Error::Client`] when the client is closed.
    #[doc(alias = "get_session")]
    #[doc(alias = "getSession")]
    #[doc(alias = "accessToken")]
    pub fn token(&self) -> Result<AccessToken, Error> {
        self.core.token()
    }

    /// Returns a live token, and waits for a remote [`Signer`](crate::Signer) if the project has one.
    ///
    /// # Errors
    /// [`Error::Token`] when the token has to be renewed and cannot be; [`Error::Client`] when the client is
    /// closed.
    pub async fn token_async(&self) -> Result<AccessToken, Error> {
        self.core.token_async().await
    }

    /// Returns a watch of the client's token, for a connection that outlives one token.
    #[must_use]
    #[doc(alias = "on_auth_state_change")]
    #[doc(alias = "onAuthStateChange")]
    pub fn subscribe(&self) -> TokenWatch {
        let Core {
            close_flag,
            project,
            ..
        } = &*self.core;
        let clock = Arc::clone(&project.mint.clock);
        TokenWatch::new(Arc::clone(&self.source), Arc::clone(close_flag), clock)
    }
}

impl<C, M: Mode> ScopedClient<C, M> {
    pub(super) fn new(core: UserCore, claims: Arc<C>) -> Self {
        let UserCore { core, source } = core;
        Self {
            core,
            source,
            claims,
            schema: None,
            mode: PhantomData,
        }
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn into_mode<N: Mode>(self) -> ScopedClient<C, N> {
        ScopedClient {
            core: self.core,
            source: self.source,
            claims: self.claims,
            schema: self.schema,
            mode: PhantomData,
        }
    }

    /// The part that sends the client's requests.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The claims that clones share.
    #[cfg(feature = "postgres")]
    pub(crate) fn shared_claims(&self) -> &Arc<C> {
        &self.claims
    }

    /// The schema that [`schema`](Self::schema) chose; `None` means the API's default schema.
    pub(crate) fn schema_name(&self) -> Option<&Arc<str>> {
        self.schema.as_ref()
    }
}

impl<C, M: Mode> Clone for ScopedClient<C, M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            source: Arc::clone(&self.source),
            claims: Arc::clone(&self.claims),
            schema: self.schema.clone(),
            mode: PhantomData,
        }
    }
}

impl<C, M: Mode> fmt::Debug for ScopedClient<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedClient")
            .field("user_id", self.source.identity().user_id())
            .field("role", self.source.identity().role())
            .field("is_read_only", &self.core.is_read_only)
            .finish_non_exhaustive()
    }
}
