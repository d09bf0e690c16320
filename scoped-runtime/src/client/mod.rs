//! What users of this crate hold: a project, and clients that act as one user each.

mod builder;
mod caller;
mod check;
mod clients;
mod default;
#[cfg(feature = "blocking")]
mod driver;
mod given;
pub(crate) mod name;
mod narrow;
mod ping;
mod project;

pub use builder::ScopedClientBuilder;
pub use check::KeyCheck;
pub use clients::ScopedClients;
pub use default::get_client;
pub use default::installed;
#[cfg(feature = "blocking")]
pub(crate) use default::installed_or_from_env;
pub use given::{AsyncClient, BlockingClient};
pub use narrow::Narrowing;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use self::project::Project;
use crate::claims::{NoClaims, Role, ScopedClaims, UserId};
use crate::error::{ClientError, Error};
use crate::session::{CloseFlag, Identity, TokenSource, TokenWatch};
use crate::token::AccessToken;
use crate::transport::{Response, SendAs, StreamedResponse, TransportRequest, Upload};

/// The task waits: what sends is an `async fn`. The mode of everything that does not say another.
#[derive(Debug)]
pub enum Async {}

/// The thread waits: what sends is a plain `fn`.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub enum Blocking {}

/// A client that acts as one user, with one set of claims, for life. Its token is renewed by itself.
///
/// "Scoped" means bound to one subject, role and set of claims. Cheap to clone; clones share the
/// token. `Debug` shows the user and the role only.
///
/// `M` says who waits for the answers: the task, or with the feature `blocking` the thread.
pub struct ScopedClient<C = NoClaims, M = Async> {
    core: Arc<Core>,
    claims: Arc<C>,
    schema: Option<Arc<str>>,
    mode: PhantomData<fn() -> M>,
}

/// What all clones of a client and all its queries share.
pub(crate) struct Core {
    source: Arc<dyn TokenSource>,
    close_flag: Arc<CloseFlag>,
    project: Arc<Project>,
}

impl<C: ScopedClaims, M> ScopedClient<C, M> {
    /// The same client, looking into another exposed schema than the default one.
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
        self.core.user_id()
    }

    /// The database role that requests run as.
    #[must_use]
    pub fn role(&self) -> &Role {
        self.core.role()
    }

    /// The claims that every token of this client carries.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// Who this client acts as, without a token.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.core.source.identity()
    }

    /// Derives a client that may do less: a shorter life, fewer claims, another role of the
    /// [`MintPolicy`](crate::MintPolicy)'s list. It ends with this one.
    pub fn narrow(&self) -> Narrowing<C, M> {
        Narrowing::new(self)
    }

    /// Ends this client, its clones and what was narrowed from it: no request of theirs leaves from
    /// now on, and nothing is renewed. Tokens that left already stay valid until their end.
    pub fn close(&self) {
        self.core.close_flag.close();
    }
}

impl<C: ScopedClaims> ScopedClient<C> {
    /// A live token, for another client of the same project. It ends; ask again rather than keep it.
    ///
    /// # Errors
    /// [`Error::Token`] when it is due and cannot be renewed.
    pub fn token(&self) -> Result<AccessToken, Error> {
        self.core.token()
    }

    /// The same, waiting for a remote [`Signer`](crate::Signer) if the project has one.
    ///
    /// # Errors
    /// [`Error::Token`] when it is due and cannot be renewed.
    pub async fn token_async(&self) -> Result<AccessToken, Error> {
        self.core.token_async().await
    }

    /// The client's tokens, one after the other, for a connection that outlives one.
    #[must_use]
    pub fn subscribe(&self) -> TokenWatch {
        let Core {
            source,
            close_flag,
            project,
        } = &*self.core;
        let clock = Arc::clone(&project.mint.clock);
        TokenWatch::new(Arc::clone(source), Arc::clone(close_flag), clock)
    }
}

impl<C, M> ScopedClient<C, M> {
    fn new(core: Arc<Core>, claims: Arc<C>) -> Self {
        Self {
            core,
            claims,
            schema: None,
            mode: PhantomData,
        }
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn into_mode<N>(self) -> ScopedClient<C, N> {
        ScopedClient {
            core: self.core,
            claims: self.claims,
            schema: self.schema,
            mode: PhantomData,
        }
    }

    /// What the client's requests are sent by.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The schema to look into, if it is not the default one.
    pub(crate) fn schema_name(&self) -> Option<&Arc<str>> {
        self.schema.as_ref()
    }
}

impl Core {
    pub(crate) fn user_id(&self) -> &UserId {
        self.source.identity().user_id()
    }

    fn role(&self) -> &Role {
        self.source.identity().role()
    }

    fn check_open(&self) -> Result<(), ClientError> {
        if self.close_flag.is_closed() {
            return Err(ClientError::Closed);
        }
        Ok(())
    }

    pub(crate) fn token(&self) -> Result<AccessToken, Error> {
        self.check_open()?;
        Ok(self.source.token()?)
    }

    async fn token_async(&self) -> Result<AccessToken, Error> {
        self.check_open()?;
        let token = self.source.token_async().await?;
        // Waiting for a signer may have taken a while.
        self.check_open()?;
        Ok(token)
    }

    /// Sends a request as this client's user, with a token that is live when its first byte leaves.
    pub(crate) async fn send(&self, request: &TransportRequest) -> Result<Response, Error> {
        let sender = SendAs::User {
            source: &*self.source,
            close_flag: &self.close_flag,
        };
        self.project.transport.send(request, sender).await
    }

    /// The same, with a body that can be sent once, up to the head of the answer.
    pub(crate) async fn stream(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
    ) -> Result<StreamedResponse, Error> {
        let transport = &self.project.transport;
        transport
            .stream(request, upload, &*self.source, &self.close_flag)
            .await
    }

    /// Where `postgrest` builders come from.
    #[cfg(feature = "postgrest")]
    pub(crate) fn native(&self) -> &crate::transport::PostgrestBridge {
        &self.project.native
    }

    /// The request as a native builder, with this token.
    #[cfg(feature = "postgrest")]
    pub(crate) fn to_builder(
        &self,
        request: &TransportRequest,
        token: &AccessToken,
    ) -> Result<postgrest::Builder, ClientError> {
        let api_key = self.project.transport.api_key();
        self.native().to_builder(request, api_key, token)
    }

    /// How long the path and the query of a URL may be, in bytes.
    pub(crate) fn max_url_bytes(&self) -> usize {
        self.project.config.settings.max_url_bytes
    }

    /// The request as it is sent with this token.
    pub(crate) fn prepare(
        &self,
        request: &TransportRequest,
        token: &AccessToken,
    ) -> Result<http::Request<bytes::Bytes>, ClientError> {
        self.project.transport.prepare(request, token)
    }
}

impl<C, M> Clone for ScopedClient<C, M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            claims: Arc::clone(&self.claims),
            schema: self.schema.clone(),
            mode: PhantomData,
        }
    }
}

impl<C, M> fmt::Debug for ScopedClient<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedClient")
            .field("user_id", self.core.user_id())
            .field("role", self.core.role())
            .finish_non_exhaustive()
    }
}
