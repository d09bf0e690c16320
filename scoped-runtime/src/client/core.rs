use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};

use super::project::Project;
use super::typed_store::TypedStore;
use crate::claims::UserId;
use crate::config::Settings;
use crate::error::{ClientError, Error, is_html};
use crate::session::{CloseFlag, TokenSource};
use crate::token::AccessToken;
#[cfg(feature = "realtime")]
use crate::transport::Transport;
use crate::transport::{Response, SendAs, StreamedResponse, TransportRequest, Upload};

/// The state that all clones of a client and all of its queries share.
pub(crate) struct Core {
    /// `None`: an anonymous client, whose requests carry the API key alone.
    pub(super) source: Option<Arc<dyn TokenSource>>,
    pub(super) close_flag: Arc<CloseFlag>,
    pub(super) project: Arc<Project>,
    pub(super) is_read_only: bool,
    /// What modules to the right keep with this client.
    #[cfg_attr(
        not(feature = "realtime"),
        expect(dead_code, reason = "for modules that are features")
    )]
    pub(super) store: TypedStore,
}

/// The core of a user's client, with the source of its tokens.
pub(super) struct UserCore {
    pub(super) core: Arc<Core>,
    pub(super) source: Arc<dyn TokenSource>,
}

impl UserCore {
    pub(super) fn new(
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
            store: TypedStore::default(),
        };
        Self {
            core: Arc::new(core),
            source,
        }
    }
}

impl Core {
    /// The user that requests are sent as; `None` for an anonymous client.
    pub(crate) fn user_id(&self) -> Option<&UserId> {
        let source = self.source.as_ref()?;
        Some(source.identity().user_id())
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// What is kept with this client and its clones, and dropped with the last of them.
    #[cfg(feature = "realtime")]
    pub(crate) fn store(&self) -> &TypedStore {
        &self.store
    }

    /// What is kept with the project.
    #[cfg(feature = "postgres")]
    pub(crate) fn project_store(&self) -> &TypedStore {
        &self.project.store
    }

    /// Refuses a method that may write if the client is read-only. `what` names the request in the error.
    pub(crate) fn check_method(&self, method: &Method, what: &str) -> Result<(), ClientError> {
        if !self.is_read_only || matches!(*method, Method::GET | Method::HEAD) {
            return Ok(());
        }
        Err(ClientError::ReadOnly {
            user_id: self.user_id().map(ToString::to_string).unwrap_or_default(),
            what: format!("{what} ({method})"),
        })
    }

    /// The settings of the project: clock, limits, timeouts.
    pub(crate) fn settings(&self) -> &Settings {
        &self.project.config.settings
    }

    /// The source of the identity; `None` for an anonymous client.
    #[cfg(feature = "postgres")]
    pub(crate) fn identity_source(&self) -> Option<&dyn TokenSource> {
        self.source.as_deref()
    }

    /// Which clients are closed with this one.
    #[cfg(any(feature = "postgres", feature = "realtime"))]
    pub(crate) fn close_flag(&self) -> &Arc<CloseFlag> {
        &self.close_flag
    }

    /// Refuses what writes if the client is read-only.
    #[cfg(feature = "storage")]
    pub(crate) fn check_may_write(&self, what: &str) -> Result<(), ClientError> {
        self.check_method(&Method::POST, what)
    }

    /// Refuses a request that may write if the client is read-only.
    pub(crate) fn check_reads(&self, request: &TransportRequest) -> Result<(), ClientError> {
        if request.is_read {
            return Ok(());
        }
        self.check_method(&request.method, "a request")
    }

    pub(crate) fn check_open(&self) -> Result<(), ClientError> {
        if self.close_flag.is_closed() {
            return Err(ClientError::Closed);
        }
        Ok(())
    }

    /// The source of the user's tokens.
    pub(crate) fn token_source(&self) -> Result<&Arc<dyn TokenSource>, ClientError> {
        self.source.as_ref().ok_or(ClientError::Anonymous)
    }

    pub(crate) fn token(&self) -> Result<AccessToken, Error> {
        self.check_open()?;
        Ok(self.token_source()?.token()?)
    }

    pub(crate) async fn token_async(&self) -> Result<AccessToken, Error> {
        self.check_open()?;
        let token = self.token_source()?.token_async().await?;
        // The client may have been closed while the signer was awaited.
        self.check_open()?;
        Ok(token)
    }

    /// The identity under which the transport sends requests.
    fn sender(&self) -> SendAs<'_> {
        match &self.source {
            Some(source) => SendAs::User {
                source: &**source,
                close_flag: &self.close_flag,
            },
            None => SendAs::WithoutToken,
        }
    }

    /// Sends a request as this client's user, with a token that is live when the first byte is written.
    pub(crate) async fn send(&self, request: &TransportRequest) -> Result<Response, Error> {
        self.check_reads(request)?;
        let transport = &self.project.transport;
        let response = transport.send(request, self.sender()).await?;
        self.check_page(request, response.header(CONTENT_TYPE.as_str()))?;
        Ok(response)
    }

    /// Sends a request with a body that can be sent only once, and reads the whole response.
    #[cfg(any(feature = "functions", feature = "storage"))]
    pub(crate) async fn send_upload(
        &self,
        request: &TransportRequest,
        upload: Upload,
    ) -> Result<Response, Error> {
        self.check_reads(request)?;
        let transport = &self.project.transport;
        transport.send_upload(request, upload, self.sender()).await
    }

    /// Sends a request with an optional body that can be sent only once, and returns when the head of the
    /// answer has arrived.
    pub(crate) async fn stream(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
    ) -> Result<StreamedResponse, Error> {
        self.check_reads(request)?;
        let transport = &self.project.transport;
        let response = transport
            .stream(request, upload, self.sender(), &self.close_flag)
            .await?;
        self.check_page(request, response.header(CONTENT_TYPE.as_str()))?;
        Ok(response)
    }

    /// Refuses an HTML page as the answer to a PostgREST request, unless the request accepts HTML.
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

    /// The factory of native `postgrest` builders.
    #[cfg(feature = "postgrest")]
    pub(crate) fn native(&self) -> &crate::transport::PostgrestBridge {
        &self.project.native
    }

    /// Turns the request into a native builder that carries this token.
    #[cfg(feature = "postgrest")]
    pub(crate) fn to_builder(
        &self,
        request: &TransportRequest,
        token: &AccessToken,
    ) -> Result<postgrest::Builder, ClientError> {
        let api_key = self.project.transport.api_key();
        self.native().to_builder(request, api_key, token)
    }

    /// The project's URL, which ends with a slash.
    #[cfg(feature = "storage")]
    pub(crate) fn project_url(&self) -> &str {
        self.project.config.url.as_str()
    }

    /// Returns the HTTP request that would be sent with this token.
    pub(crate) fn prepare(
        &self,
        request: &TransportRequest,
        token: &AccessToken,
    ) -> Result<http::Request<bytes::Bytes>, ClientError> {
        self.project.transport.prepare(request, token)
    }
}

/// What a connection needs that stays open longer than one token lives.
#[cfg(feature = "realtime")]
impl Core {
    pub(crate) fn transport(&self) -> &Arc<Transport> {
        &self.project.transport
    }

    /// Whether the API key is one that a browser may have.
    pub(crate) fn has_public_api_key(&self) -> bool {
        self.project.config.has_public_api_key()
    }
}
