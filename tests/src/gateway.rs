use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use scoped_runtime::{Config, ConfigBuilder};
use serde_json::{Value, json};

use crate::error::{Result, StartError};
use crate::lite::Keys;
use crate::watchdog::{Program, Running, Watchdog};
use crate::worker::off_thread;

const STEP: &str = "gateway";
const LIMIT: Duration = Duration::from_mins(1);
/// The time to wait until the gateway has stopped. It is stopped by SIGKILL, so only a very busy machine
/// needs this long.
/// this long.
const STOP_TIME: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(2);

/// What a gateway is started with: the Lite server behind it and the keys that both share.
pub(crate) struct Door {
    pub(crate) node: PathBuf,
    pub(crate) script: PathBuf,
    pub(crate) lite: u16,
    pub(crate) keys: Keys,
}

/// The API gateway of a project, which verifies tokens as Supabase does. It has its own port, legacy secret
/// and set of trusted keys, and uses the tables of its server.
///
/// Dropping it stops it. It also stops when its server stops.
pub struct Gateway {
    url: String,
    api_key: String,
    jwt_secret: String,
    running: Running,
    // Weak, so that a gateway does not keep the server running.
    watchdog: Weak<Mutex<Watchdog>>,
}

impl Gateway {
    pub(crate) fn start(door: &Door, watchdog: &Arc<Mutex<Watchdog>>) -> Result<Self> {
        let running = {
            let mut watchdog = lock(watchdog);
            let cwd = watchdog.folder.clone();
            watchdog.spawn(&Program {
                step: STEP,
                path: &door.node,
                args: vec![door.script.display().to_string()],
                env: Vec::new(),
                cwd: &cwd,
                run_as: None,
                stop: None,
                talks: true,
            })?
        };
        // From here on, an error drops this value and thereby stops the program.
        let mut gateway = Self {
            url: String::new(),
            api_key: door.keys.publishable.clone(),
            jwt_secret: String::new(),
            running,
            watchdog: Arc::downgrade(watchdog),
        };
        let start = json!({
            "lite": door.lite,
            "liteSecret": door.keys.lite_secret,
            "publishable": door.keys.publishable,
            "secret": door.keys.secret,
        });
        let answer = ask(watchdog, running, json!({ "start": start }))?;
        gateway.url = format!("http://127.0.0.1:{}", answer["port"]);
        answer["jwtSecret"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut gateway.jwt_secret);
        Ok(gateway)
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

    /// The gateway's legacy HS256 secret, which is trusted until it is dropped with
    /// [`Gateway::legacy_secret`].
    #[must_use]
    pub fn jwt_secret(&self) -> &str {
        &self.jwt_secret
    }

    /// Returns a configuration with its address and API key. The caller adds a signing key or the legacy
    /// secret. It reads no environment variable.
    pub fn config_builder(&self) -> ConfigBuilder {
        Config::builder()
            .environment(|_| None)
            .url(&self.url)
            .api_key(self.api_key())
    }

    /// Replaces the trusted keys (public or `oct` JWKs) for every request after this call.
    ///
    /// The legacy secret is separate from these keys. After an error the previous keys are still trusted.
    pub async fn trust(&self, keys: &[Value]) -> Result<()> {
        self.tell(json!({ "trust": keys })).await
    }

    /// Sets whether tokens that the legacy secret has signed are accepted. Initially they are.
    pub async fn legacy_secret(&self, trusted: bool) -> Result<()> {
        self.tell(json!({ "legacy": trusted })).await
    }

    /// Signs the sessions of Auth with this private JWK from now on, instead of the legacy secret. The
    /// caller has to trust its public half as well.
    pub async fn sign_sessions(&self, key: &Value) -> Result<()> {
        self.tell(json!({ "sessions": key })).await
    }

    async fn tell(&self, question: Value) -> Result<()> {
        let (running, watchdog) = (self.running, self.watchdog.clone());
        off_thread(STEP, move || {
            let watchdog = watchdog
                .upgrade()
                .ok_or_else(|| StartError::new(STEP, "its server has been dropped"))?;
            ask(&watchdog, running, question).map(drop)
        })
        .await
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let Some(watchdog) = self.watchdog.upgrade() else {
            return;
        };
        if lock(&watchdog).end(self.running).is_ok() {
            let deadline = Instant::now() + STOP_TIME;
            while lock(&watchdog)
                .end_of(self.running, Duration::ZERO)
                .is_none()
                && Instant::now() < deadline
            {
                std::thread::sleep(PAUSE);
            }
        }
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Waits for the answer and locks the watchdog only briefly, so that several gateways can start at the same
/// time.
fn ask(watchdog: &Mutex<Watchdog>, running: Running, question: Value) -> Result<Value> {
    let asked = lock(watchdog).ask(STEP, running, question)?;
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        let mut locked = lock(watchdog);
        if let Some(answer) = locked.answer(asked) {
            return match answer["error"].as_str() {
                None => Ok(answer),
                Some(error) => Err(StartError::new(STEP, error)),
            };
        }
        if let Some(code) = locked.end_of(running, Duration::ZERO) {
            let error = StartError::new(STEP, format!("it ended with {code}"));
            return Err(error.log(&locked.log(STEP), &[]));
        }
        drop(locked);
        std::thread::sleep(PAUSE);
    }
    Err(StartError::new(STEP, "it did not answer"))
}

fn lock(watchdog: &Mutex<Watchdog>) -> MutexGuard<'_, Watchdog> {
    watchdog.lock().unwrap_or_else(PoisonError::into_inner)
}
