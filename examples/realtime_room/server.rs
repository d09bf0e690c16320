//! The server of the example: a throw-away PostgreSQL, and a program that speaks Realtime's protocol.

use scoped_runtime::testing::Postgres;
use scoped_runtime::{Config, ScopedClients};
use scoped_tests::NodeServer;
use serde_json::json;

use crate::Result;

const SECRET: &str = "the-secret-of-an-example-of-32-bytes";
const KEY: &str = "sb_publishable_example";
const MIGRATIONS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/server/realtime/migrations"
);

pub(crate) struct Server {
    postgres: Postgres,
    node: NodeServer,
}

impl Server {
    /// Starts everything, with a room that has these members.
    pub(crate) async fn start(members: &[&str]) -> Result<Self> {
        let postgres = Postgres::with(MIGRATIONS).await?;
        for member in members {
            let row =
                format!("insert into room_members (topic, user_id) values ('room', '{member}')");
            postgres.sql(&row).await?;
        }
        let settings = json!({
            "database": postgres.admin_url(),
            "secret": SECRET,
            "apiKeys": { KEY: "anon" },
            "tables": ["public.room_notes"],
        });
        let node = NodeServer::start("realtime/main.mjs", &settings).await?;
        Ok(Self { postgres, node })
    }

    pub(crate) fn clients(&self) -> Result<ScopedClients> {
        let config = Config::builder()
            .environment(|_| None)
            .url(self.node.url())
            .api_key(KEY)
            .jwt_secret(SECRET)
            .build()?;
        Ok(ScopedClients::new(config)?)
    }

    pub(crate) async fn insert_note(&self, owner: &str, body: &str) -> Result {
        let row = format!("insert into room_notes (owner, body) values ('{owner}', '{body}')");
        self.postgres.sql(&row).await?;
        Ok(())
    }

    pub(crate) async fn drop_connections(&self) -> Result {
        let url = format!("{}/control", self.node.url());
        let body = json!({ "drop": null }).to_string();
        reqwest::Client::new()
            .post(url)
            .body(body)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }
}
