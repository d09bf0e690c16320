use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde_json::{Value, json};

use super::control;
use super::lite::Keys;
use super::node::Installation;
use super::route::Route;
use crate::config::{Config, ConfigBuilder};
use crate::testing::error::{KitError, Result};
use crate::testing::machine::off_thread;
use crate::testing::packages;
use crate::testing::supervisor::{Program, Supervisor};

const STEP: &str = "gateway";
const LIMIT: Duration = Duration::from_secs(60);

const FILES: [(&str, &str); 8] = [
    ("gateway.mjs", include_str!("../node/server/gateway.mjs")),
    (
        "gateway/auth.mjs",
        include_str!("../node/server/gateway/auth.mjs"),
    ),
    (
        "gateway/keys.mjs",
        include_str!("../node/server/gateway/keys.mjs"),
    ),
    (
        "gateway/lists.mjs",
        include_str!("../node/server/gateway/lists.mjs"),
    ),
    (
        "gateway/lite.mjs",
        include_str!("../node/server/gateway/lite.mjs"),
    ),
    (
        "gateway/postgrest.mjs",
        include_str!("../node/server/gateway/postgrest.mjs"),
    ),
    (
        "gateway/routes.mjs",
        include_str!("../node/server/gateway/routes.mjs"),
    ),
    (
        "gateway/storage.mjs",
        include_str!("../node/server/gateway/storage.mjs"),
    ),
];

/// What a gateway is started with: the Lite server behind it, the keys that both share, and the servers of the
/// test's own.
pub(crate) struct Door {
    pub(crate) installation: Installation,
    pub(crate) lite: u16,
    pub(crate) keys: Keys,
    pub(crate) routes: Vec<Route>,
}

/// The API gateway of a project, which verifies tokens as Supabase does. It has its own port, legacy secret and set
/// of trusted keys, and uses the tables of its [`LocalSupabase`](super::LocalSupabase).
///
/// Dropping it stops it. It also ends with its server.
pub struct Gateway {
    url: String,
    api_key: String,
    jwt_secret: String,
    running: Running,
}

/// A gateway's program, until the gateway or its server is dropped.
type Running = Arc<Mutex<Option<Supervisor>>>;

/// The gateways of a server, which end with it.
#[derive(Default)]
pub(crate) struct Gateways(Mutex<Vec<Weak<Mutex<Option<Supervisor>>>>>);

impl Gateways {
    fn add(&self, running: &Running) {
        let mut gateways = lock(&self.0);
        gateways.retain(|gateway| gateway.strong_count() > 0);
        gateways.push(Arc::downgrade(running));
    }
}

impl Drop for Gateways {
    fn drop(&mut self) {
        for running in lock(&self.0).iter().filter_map(Weak::upgrade) {
            drop(lock(&running).take());
        }
    }
}

impl Gateway {
    /// Starts a gateway, which also ends with `all` gateways of its server.
    pub(crate) fn start(door: &Door, all: &Gateways) -> Result<Self> {
        let Door {
            installation,
            keys,
            routes,
            ..
        } = door;
        let files = packages::write_beside(&installation.folder, "gateway", &FILES)?;
        let mut supervisor = Supervisor::start(&Program {
            step: STEP,
            path: &installation.node,
            args: vec![files.join("gateway.mjs").display().to_string()],
            env: Vec::new(),
            run_as: None,
            stop: "KILL",
        })?;
        supervisor.run()?;
        let socket = supervisor.folder().join("control.sock");
        supervisor.wait_until(LIMIT, &[], || control::listens(&socket))?;
        let routes: Vec<Value> = routes.iter().map(Route::to_json).collect();
        let start = json!({
            "lite": door.lite,
            "liteSecret": keys.lite_secret,
            "publishable": keys.publishable,
            "secret": keys.secret,
            "routes": routes,
        });
        let answer = ask(&supervisor, &json!({ "start": start }))?;
        let running = Arc::new(Mutex::new(Some(supervisor)));
        all.add(&running);
        Ok(Self {
            url: format!("http://127.0.0.1:{}", answer["port"]),
            api_key: keys.publishable.clone(),
            jwt_secret: answer["jwtSecret"].as_str().unwrap_or_default().to_owned(),
            running,
        })
    }

    /// The project's address, as in `SUPABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The publishable key, the same as the server's.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The gateway's legacy HS256 secret, which is trusted until it is dropped with [`Gateway::legacy_secret`].
    #[must_use]
    pub fn jwt_secret(&self) -> &str {
        &self.jwt_secret
    }

    /// Returns a configuration with its address and API key. The caller adds a signing key or the legacy secret.
    /// It reads no environment variable.
    pub fn config_builder(&self) -> ConfigBuilder {
        Config::builder()
            .environment(|_| None)
            .url(&self.url)
            .api_key(self.api_key())
    }

    /// Replaces the trusted keys (public or `oct` JWKs) for every request after this call.
    ///
    /// The legacy secret is separate from these keys. After an error the previous keys are still trusted.
    ///
    /// # Errors
    /// A key that can verify no token, or a server that has been dropped.
    pub async fn trust(&self, keys: &[Value]) -> std::result::Result<(), KitError> {
        self.tell(json!({ "trust": keys })).await
    }

    /// Sets whether tokens that the legacy secret has signed are accepted. Initially they are.
    ///
    /// # Errors
    /// A server that has been dropped.
    pub async fn legacy_secret(&self, trusted: bool) -> std::result::Result<(), KitError> {
        self.tell(json!({ "legacy": trusted })).await
    }

    /// Signs the sessions of Auth with this private JWK from now on, instead of the legacy secret. The caller has to
    /// trust its public half as well.
    ///
    /// # Errors
    /// A JWK that cannot sign, or a server that has been dropped.
    pub async fn sign_sessions(&self, key: &Value) -> std::result::Result<(), KitError> {
        self.tell(json!({ "sessions": key })).await
    }

    async fn tell(&self, question: Value) -> Result<()> {
        let running = self.running.clone();
        off_thread(STEP, move || {
            let running = lock(&running);
            let gone = || KitError::new(STEP, "its server has been dropped");
            ask(running.as_ref().ok_or_else(gone)?, &question).map(drop)
        })
        .await
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        drop(lock(&self.running).take());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask(running: &Supervisor, question: &Value) -> Result<Value> {
    let socket = running.folder().join("control.sock");
    let answer = control::ask(&socket, question, LIMIT).map_err(|error| {
        let cause = match running.ended() {
            Some(status) => format!("it ended with status {status}"),
            None => format!("it did not answer: {error}"),
        };
        KitError::new(STEP, cause).log(&running.log(), &[])
    })?;
    match answer["error"].as_str() {
        None => Ok(answer),
        Some(error) => Err(KitError::new(STEP, error)),
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
