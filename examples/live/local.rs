//! A local server with everything that is tried: what it lacks itself runs in Node behind its gateway.

use std::net::TcpListener;

use scoped_examples::notes::{Auth, Credentials};
use scoped_runtime::ConfigBuilder;
use scoped_runtime::testing::LocalSupabase;
use scoped_tests::{NodeServer, Services};
use serde_json::{Value, json};

use crate::Result;

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/live/migrations");

/// The server, and two users who have signed up at its Auth. Dropping it stops everything.
pub(crate) struct Local {
    // Dropped first, because a server that is connected to the database complains when that stops.
    _realtime: NodeServer,
    services: Services,
    pub(crate) users: [String; 2],
}

impl Local {
    pub(crate) async fn start() -> Result<Self> {
        // Realtime listens once it knows the database, whose address is known after the gateway has its routes.
        let port = free_port()?;
        let project = LocalSupabase::with(MIGRATIONS)
            .route("/realtime/v1", format!("http://127.0.0.1:{port}"));
        let services = Services::of(project, "scoped-live").await?;
        let supabase = services.supabase();
        let settings = json!({
            "port": port,
            "database": supabase.admin_database_url(),
            "secret": supabase.jwt_secret(),
            "apiKeys": { supabase.api_key(): "anon" },
            "tables": ["public.scoped_live_notes"],
        });
        let realtime = NodeServer::start("realtime/main.mjs", &settings).await?;
        let auth = Auth::new(
            format!("{}/auth/v1", supabase.url()),
            supabase.api_key().to_owned(),
        )?;
        let users = [sign_up(&auth, "alice").await?, sign_up(&auth, "bob").await?];
        Ok(Self {
            _realtime: realtime,
            services,
            users,
        })
    }

    pub(crate) fn config_builder(&self) -> ConfigBuilder {
        self.services.supabase().config_builder()
    }

    pub(crate) fn database_url(&self) -> &str {
        self.services.supabase().database_url()
    }

    pub(crate) fn secrets(&self) -> [&str; 3] {
        [
            self.services.supabase().api_key(),
            self.services.supabase().jwt_secret(),
            self.services.supabase().database_url(),
        ]
    }
}

/// Signs a user up, and returns the user's ID.
async fn sign_up(auth: &Auth, name: &str) -> Result<String> {
    let credentials =
        json!({ "email": format!("{name}@example.com"), "password": "correct horse battery" });
    let credentials: Credentials = serde_json::from_value(credentials)?;
    let answer = auth.sign_up(&credentials).await;
    let session: Value = serde_json::from_str(&answer.json)?;
    let id = session.pointer("/user/id").and_then(Value::as_str);
    let id = id.ok_or_else(|| format!("Auth answered {} to a sign-up", answer.status))?;
    Ok(id.to_owned())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
