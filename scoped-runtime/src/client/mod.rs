//! What users of this crate hold: a project, and clients that act as one user each.

mod anonymous;
mod builder;
mod caller;
mod check;
mod clients;
mod default;
#[cfg(feature = "blocking")]
mod executor;
mod health;
mod impersonate;
mod mode;
pub(crate) mod name;
mod narrow;
mod project;

pub use anonymous::AnonymousClient;
pub use builder::ScopedClientBuilder;
pub use check::KeyCheck;
pub use clients::ScopedClients;
pub use default::get_client;
pub use default::installed;
#[cfg(feature = "blocking")]
pub(crate) use default::installed_or_from_env;
pub use health::Health;
pub use impersonate::{AsyncClient, BlockingClient, ProjectClients};
#[cfg(feature = "blocking")]
pub use mode::Blocking;
pub use mode::{Async, Mode};
pub use narrow::NarrowBuilder;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};

use self::project::Project;
use crate::claims::{NoClaims, Role, ScopedClaims, UserId};
use crate::error::{ClientError, Error, is_html};
use crate::session::{CloseFlag, Identity, TokenSource, TokenWatch};
use crate::token::AccessToken;
use crate::transport::{Response, SendAs, StreamedResponse, TransportRequest, Upload};

/// A client that acts as one user, with one set of claims, for life. Its token is renewed by itself.
///
/// "Scoped" means bound to one subject, role and set of claims. Cheap to clone; clones share the
/// token. `Debug` shows the user and the role only.
///
/// `M` says who waits for the answers: the task, or with the feature `blocking` the thread.
pub struct ScopedClient<C = NoClaims, M: Mode = Async> {
    core: Arc<Core>,
    source: Arc<dyn TokenSource>,
    claims: Arc<C>,
    schema: Option<Arc<str>>,
    mode: PhantomData<fn() -> M>,
}

/// What all clones of a client and all its queries share.
pub(crate) struct Core {
    /// `None`: an anonymous client, whose requests carry the API key alone.
    source: Option<Arc<dyn TokenSource>>,
    close_flag: Arc<CloseFlag>,
    project: Arc<Project>,
    is_read_only: bool,
}

impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
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

    /// Who this client acts as, without a token.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.source.identity()
    }

    /// Whether this client only reads; see
    /// [`ScopedClientBuilder::read_only`](crate::ScopedClientBuilder::read_only).
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.core.is_read_only
    }

    /// The same client, which only reads from here on, as one that was built with
    /// [`ScopedClientBuilder::read_only`](crate::ScopedClientBuilder::read_only). It shares the token of
    /// this one, and ends with it.
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
        };
        Self {
            core: Arc::new(core),
            ..self.clone()
        }
    }

    /// Derives a client that may do less: a shorter life, fewer claims, another role of the
    /// [`MintPolicy`](crate::MintPolicy)'s list. It ends with this one.
    pub fn narrow(&self) -> NarrowBuilder<C, M> {
        NarrowBuilder::new(self)
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
            close_flag,
            project,
            ..
        } = &*self.core;
        let clock = Arc::clone(&project.mint.clock);
        TokenWatch::new(Arc::clone(&self.source), Arc::clone(close_flag), clock)
    }
}

impl<C, M: Mode> ScopedClient<C, M> {
    fn new(core: UserCore, claims: Arc<C>) -> Self {
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

    /// What the client's requests are sent by.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The schema to look into, if it is not the default one.
    pub(crate) fn schema_name(&self) -> Option<&Arc<str>> {
        self.schema.as_ref()
    }
}

/// The core of a user's client, and whose tokens it sends.
struct UserCore {
    core: Arc<Core>,
    source: Arc<dyn TokenSource>,
}

impl UserCore {
    fn new(
        source: Arc<dyn TokenSource>,
        close_flag: Arc<CloseFlag>,
        project: &Arc<Project>,
        is_read_only: bool,
    ) -> Self {
        let core = Core {
            source: Some(Arc::clone(&source)),
            close_flag,
            project: Arc::clone(project),
            is_read_only,
        };
        Self {
            core: Arc::new(core),
            source,
        }
    }
}

impl Core {
    /// Whom requests are sent as, unless the client is anonymous.
    pub(crate) fn user_id(&self) -> Option<&UserId> {
        let source = self.source.as_ref()?;
        Some(source.identity().user_id())
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Refuses a method that may write, if the client only reads. `what` names the request.
    pub(crate) fn check_method(&self, method: &Method, what: &str) -> Result<(), ClientError> {
        if !self.is_read_only || matches!(*method, Method::GET | Method::HEAD) {
            return Ok(());
        }
        Err(ClientError::ReadOnly {
            user_id: self.user_id().map(ToString::to_string).unwrap_or_default(),
            what: format!("{what} ({method})"),
        })
    }

    fn check_open(&self) -> Result<(), ClientError> {
        if self.close_flag.is_closed() {
            return Err(ClientError::Closed);
        }
        Ok(())
    }

    fn source(&self) -> Result<&dyn TokenSource, ClientError> {
        let source = self.source.as_deref();
        source.ok_or(ClientError::Anonymous)
    }

    pub(crate) fn token(&self) -> Result<AccessToken, Error> {
        self.check_open()?;
        Ok(self.source()?.token()?)
    }

    async fn token_async(&self) -> Result<AccessToken, Error> {
        self.check_open()?;
        let token = self.source()?.token_async().await?;
        // Waiting for a signer may have taken a while.
        self.check_open()?;
        Ok(token)
    }

    /// Who the transport sends as.
    fn sender(&self) -> SendAs<'_> {
        match &self.source {
            Some(source) => SendAs::User {
                source: &**source,
                close_flag: &self.close_flag,
            },
            None => SendAs::WithoutToken,
        }
    }

    /// Sends a request as this client's user, with a token that is live when its first byte leaves.
    pub(crate) async fn send(&self, request: &TransportRequest) -> Result<Response, Error> {
        self.check_method(&request.method, "a request")?;
        let transport = &self.project.transport;
        let response = transport.send(request, self.sender()).await?;
        self.check_page(request, response.header(CONTENT_TYPE.as_str()))?;
        Ok(response)
    }

    /// The same, with a body that can be sent once, up to the head of the answer.
    pub(crate) async fn stream(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
    ) -> Result<StreamedResponse, Error> {
        self.check_method(&request.method, "a request")?;
        let transport = &self.project.transport;
        let response = transport
            .stream(request, upload, self.sender(), &self.close_flag)
            .await?;
        self.check_page(request, response.header(CONTENT_TYPE.as_str()))?;
        Ok(response)
    }

    /// Refuses a web page in the place of PostgREST's answer, unless the request asked for one.
    fn check_page(
        &self,
        request: &TransportRequest,
        found: Option<&str>,
    ) -> Result<(), ClientError> {
        let accepted = request.headers.get(ACCEPT).map(HeaderValue::as_bytes);
        let is_asked_for = accepted.is_some_and(|accepted| {
            accepted.starts_with(b"text/") || accepted.windows(4).any(|part| part == b"html")
        });
        if !request.target.starts_with("rest/v1/") || is_asked_for || !found.is_some_and(is_html) {
            return Ok(());
        }
        Err(ClientError::WebPage {
            origin: self.project.transport.origin(),
        })
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
