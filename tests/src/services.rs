use scoped_runtime::testing::{LocalSupabase, LocalSupabaseBuilder};
use serde_json::json;

use crate::node_server::NodeServer;
use crate::{Result, project};

/// The local server with what it lacks behind its gateway: Edge Functions, GraphQL and resumable uploads, each a
/// server in Node.
///
/// Dropping it stops all servers.
#[derive(Debug)]
pub struct Services {
    // Dropped first, because a server that is connected to the database complains when that stops.
    _servers: [NodeServer; 3],
    supabase: LocalSupabase,
}

impl Services {
    /// Starts the servers of [`project`], with the bucket `own`. The first start on a machine also installs them, which
    /// takes up to a minute.
    pub async fn start() -> Result<Self> {
        Self::of(project(), "own").await
    }

    /// Starts the servers of a project, with a bucket whose users have a folder each.
    pub async fn of(project: LocalSupabaseBuilder, bucket: &str) -> Result<Self> {
        let buckets = json!({ "buckets": { bucket: { "policy": "own" } } });
        let nothing = json!({});
        let (functions, graphql, storage) = tokio::try_join!(
            NodeServer::start("functions/server.mjs", &nothing),
            NodeServer::start("graphql/server.mjs", &nothing),
            NodeServer::start("storage/server.mjs", &buckets),
        )?;
        let supabase = project
            .route("/functions/v1", functions.url())
            .route("/graphql/v1", graphql.url())
            .route("/storage/v1/upload/resumable", storage.url())
            .await?;
        // The gateway chose its secret, and the database its address, when they started.
        let keys = json!({
            "secret": supabase.jwt_secret(),
            "publishable": supabase.api_key(),
            "database": supabase.database_url(),
        });
        let servers = [functions, graphql, storage];
        for server in &servers {
            server.configure(&keys).await?;
        }
        Ok(Self {
            _servers: servers,
            supabase,
        })
    }

    /// The local server in front of them.
    #[must_use]
    pub fn supabase(&self) -> &LocalSupabase {
        &self.supabase
    }
}
