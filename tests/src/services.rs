use scoped_runtime::ConfigBuilder;
use serde_json::json;

use crate::error::{Result, StartError};
use crate::node_server::NodeServer;
use crate::server::LocalSupabase;

/// A local project with the services that the local Supabase server lacks: Edge Functions, GraphQL and resumable
/// uploads, each a server in Node behind one address.
///
/// Dropping it stops its servers. The local Supabase server is the shared one of this process.
#[derive(Debug)]
pub struct Services {
    supabase: &'static LocalSupabase,
    front: NodeServer,
    _servers: [NodeServer; 3],
}

impl Services {
    /// Starts the servers. The first start on a machine also installs them, which takes up to a minute.
    pub async fn start() -> Result<Self> {
        let supabase = LocalSupabase::shared()
            .await
            .map_err(|error| StartError::new("services", error.to_string()))?;
        let keys = json!({
            "secret": supabase.jwt_secret(),
            "publishable": supabase.api_key(),
            "database": supabase.database_url(),
            "buckets": { "own": { "policy": "own" } },
        });
        let (functions, graphql, storage) = tokio::try_join!(
            NodeServer::start("functions/server.mjs", &keys),
            NodeServer::start("graphql/server.mjs", &keys),
            NodeServer::start("storage/server.mjs", &keys),
        )?;
        let routes = json!({
            "supabase": supabase.url(),
            "routes": {
                "/functions/v1": functions.url(),
                "/graphql/v1": graphql.url(),
                "/storage/v1/upload/resumable": storage.url(),
            },
        });
        Ok(Self {
            supabase,
            front: NodeServer::start("front.mjs", &routes).await?,
            _servers: [functions, graphql, storage],
        })
    }

    /// Returns a configuration of the project, which the caller can extend. It reads no environment variable.
    pub fn config_builder(&self) -> ConfigBuilder {
        self.supabase.config_builder().url(self.front.url())
    }
}
