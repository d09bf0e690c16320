use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::typed_store::TypedStore;
use super::{Async, Core, Mode, ScopedClients};
use crate::error::{ConfigurationError, Problem};
use crate::session::CloseFlag;

/// A client without a user, for requests that come without a caller. It acts in the role `anon`: requests
/// carry the API key and no `Authorization` header, and no token is minted. Supabase's gateway maps a
/// publishable key and a legacy anon key to that role; see
/// <https://supabase.com/docs/guides/api/api-keys>.
///
/// The client sees the rows that policies and grants give to `anon`. It is a type of its own, so it cannot
/// be passed to a function that takes a [`ScopedClient`](crate::ScopedClient). It is cheap to clone and is
/// never closed.
///
/// ```compile_fail,E0308
/// use scoped_runtime::{ScopedClient, ScopedClients};
///
/// async fn as_the_user(db: &ScopedClient) {}
///
/// # async fn example(clients: ScopedClients) -> Result<(), scoped_runtime::Error> {
/// as_the_user(&clients.anonymous()?).await; // mismatched types
/// # Ok(()) }
/// ```
pub struct AnonymousClient<M: Mode = Async> {
    core: Arc<Core>,
    schema: Option<Arc<str>>,
    mode: PhantomData<fn() -> M>,
}

impl ScopedClients {
    /// Returns a client without a user, in the role `anon`. Nothing is sent.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// let posts: Vec<serde_json::Value> = clients.anonymous()?.from("posts").select("*").fetch().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ConfigurationError`] for `api_key` when
    /// [`allow_secret_api_key`](crate::ConfigBuilder::allow_secret_api_key) admitted a secret key or a legacy
    /// key of another role: without a user's token, such a key would bypass Row Level Security.
    pub fn anonymous(&self) -> Result<AnonymousClient, ConfigurationError> {
        AnonymousClient::new(self)
    }

    /// The core of a client without a user. Requests over HTTP may only be sent through [`AnonymousClient`],
    /// which has checked the API key.
    pub(crate) fn core_without_user(&self) -> Arc<Core> {
        Arc::new(Core {
            source: None,
            close_flag: Arc::new(CloseFlag::never_closed()),
            project: Arc::clone(&self.project),
            is_read_only: false,
            store: TypedStore::default(),
        })
    }
}

impl<M: Mode> AnonymousClient<M> {
    pub(crate) fn new(clients: &ScopedClients) -> Result<Self, ConfigurationError> {
        let project = &clients.project;
        if !project.config.has_public_api_key() {
            return Err(Problem::new(
                "api_key",
                "is not a key of the role `anon`; without a user's token its own role would apply",
                "use the publishable key (`sb_publishable_...`) or the legacy anon key",
            )
            .into());
        }
        Ok(Self {
            core: clients.core_without_user(),
            schema: None,
            mode: PhantomData,
        })
    }

    /// Returns a clone of this client that queries another schema. The schema must be exposed by the API; see
    /// <https://docs.postgrest.org/en/stable/references/api/schemas.html>.
    #[must_use]
    pub fn schema(&self, name: impl AsRef<str>) -> Self {
        Self {
            schema: Some(name.as_ref().into()),
            ..self.clone()
        }
    }

    /// The part that sends the client's requests.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The schema that [`schema`](Self::schema) chose; `None` means the API's default schema.
    pub(crate) fn schema_name(&self) -> Option<&Arc<str>> {
        self.schema.as_ref()
    }
}

impl<M: Mode> Clone for AnonymousClient<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            schema: self.schema.clone(),
            mode: PhantomData,
        }
    }
}

impl<M: Mode> fmt::Debug for AnonymousClient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnonymousClient").finish_non_exhaustive()
    }
}
