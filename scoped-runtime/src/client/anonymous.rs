use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Async, Core, Mode, ScopedClients};
use crate::error::{ConfigurationError, Problem};
use crate::session::CloseFlag;

/// A client without a user: for requests that come without a caller. It acts in the role `anon`, with the
/// API key alone; no token is minted, and no `Authorization` header is sent. Supabase's gateway turns a
/// publishable key and a legacy anon key alike into that role; see
/// <https://supabase.com/docs/guides/api/api-keys>.
///
/// It sees what policies and grants give `anon`, and it is not a [`ScopedClient`](crate::ScopedClient): code
/// that acts as a user cannot be given one. Cheap to clone. It is never closed.
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
    /// A client without a user, in the role `anon`.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// let posts: Vec<serde_json::Value> = clients.anonymous()?.from("posts").select("*").fetch().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ConfigurationError`] for `api_key` when it is a secret key or a legacy key of another role, which
    /// [`allow_secret_api_key`](crate::ConfigBuilder::allow_secret_api_key) let pass: alone it would bypass
    /// Row Level Security.
    pub fn anonymous(&self) -> Result<AnonymousClient, ConfigurationError> {
        AnonymousClient::new(self)
    }
}

impl<M: Mode> AnonymousClient<M> {
    pub(crate) fn new(clients: &ScopedClients) -> Result<Self, ConfigurationError> {
        let project = &clients.project;
        if !project.config.has_public_api_key() {
            return Err(Problem::new(
                "api_key",
                "is not a key of the role `anon`, and would act as more without a user's token",
                "use the publishable key (`sb_publishable_...`) or the legacy anon key",
            )
            .into());
        }
        let core = Core {
            source: None,
            close_flag: Arc::new(CloseFlag::never_closed()),
            project: Arc::clone(project),
            is_read_only: false,
        };
        Ok(Self {
            core: Arc::new(core),
            schema: None,
            mode: PhantomData,
        })
    }

    /// The same client, looking into another exposed schema than the default one.
    #[must_use]
    pub fn schema(&self, name: impl AsRef<str>) -> Self {
        Self {
            schema: Some(name.as_ref().into()),
            ..self.clone()
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
