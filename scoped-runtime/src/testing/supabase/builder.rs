use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::route::Route;
use super::{LocalSupabase, Plan, STEP};
use crate::testing::error::{KitError, Result};
use crate::testing::machine::off_thread;
use crate::testing::postgres::SqlSources;

/// The options of a [`LocalSupabase`]; awaiting it starts the server.
#[derive(Debug, Clone, Default)]
#[must_use = "the server starts when this is awaited"]
pub struct LocalSupabaseBuilder {
    sources: SqlSources,
    schemas: Option<Vec<String>>,
    routes: Vec<(String, String)>,
}

/// A server that is shared, or why it did not start.
type Shared = Arc<OnceLock<Result<&'static LocalSupabase>>>;

impl LocalSupabaseBuilder {
    /// Adds the migrations of another folder, a file or a glob. All files are applied in the order of their names.
    pub fn migrations(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.migrations.push(path.into());
        self
    }

    /// Adds a file with seeds, or a folder or glob, which is applied after the migrations. The `seed.sql` beside
    /// the migrations is no longer applied by itself.
    pub fn seed(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.seeds.get_or_insert_default().push(path.into());
        self
    }

    /// Applies no seed.
    pub fn without_seed(mut self) -> Self {
        self.sources.seeds = Some(Vec::new());
        self
    }

    /// Replaces the schemas that the Data API exposes, which are `public` alone, as `api.schemas` of
    /// `supabase/config.toml`.
    pub fn schemas(mut self, schemas: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.schemas = Some(schemas.into_iter().map(Into::into).collect());
        self
    }

    /// Sends requests whose path begins with `prefix` to a server of the test's own, such as
    /// `("/functions/v1", "http://127.0.0.1:9000")`.
    ///
    /// The gateway looks at the API key and the token as it does for every request; then it sends the request on as
    /// it came, with its headers, its token and the whole path, and streams both bodies. A WebSocket needs only the
    /// API key, in the header `apikey` or the query parameter of that name. The longest prefix counts.
    pub fn route(mut self, prefix: impl Into<String>, url: impl Into<String>) -> Self {
        self.routes.push((prefix.into(), url.into()));
        self
    }

    /// Returns a server with these options that all tests of this process share. The first call starts it, and it
    /// stops when the process ends.
    ///
    /// # Errors
    /// Why it did not start. A failed start is not repeated, so every test shows the same error at once.
    pub async fn shared(self) -> std::result::Result<&'static LocalSupabase, KitError> {
        static SERVERS: Mutex<Option<HashMap<Plan, Shared>>> = Mutex::new(None);
        off_thread(STEP, move || {
            let plan = self.plan()?;
            let server = {
                let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
                let servers = servers.get_or_insert_default();
                servers.entry(plan.clone()).or_default().clone()
            };
            // A static value is not dropped when the process ends; the pipes to the supervisors are closed.
            let start = || Ok(&*Box::leak(Box::new(LocalSupabase::start(plan)?)));
            server.get_or_init(start).clone()
        })
        .await
    }

    fn plan(&self) -> Result<Plan> {
        let schemas = self.schemas.clone();
        let route = |(prefix, url): &(String, String)| Route::new(prefix, url);
        Ok(Plan {
            files: self.sources.read()?,
            schemas: schemas.unwrap_or_else(|| vec!["public".to_owned()]),
            routes: self.routes.iter().map(route).collect::<Result<_>>()?,
        })
    }
}

impl IntoFuture for LocalSupabaseBuilder {
    type Output = std::result::Result<LocalSupabase, KitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(off_thread(STEP, move || LocalSupabase::start(self.plan()?)))
    }
}
