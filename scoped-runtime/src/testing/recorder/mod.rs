//! A server in the process that answers as told and keeps the requests that arrived.

mod answer;
mod answer_body;
mod assertions;
mod choice;
mod recorded;
mod serve;
mod state;

pub use answer::Answer;
pub use answer_body::Gate;
pub use choice::PathAnswers;
pub use recorded::Recorded;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use futures_util::future::{AbortHandle, abortable};
use secrecy::{ExposeSecret, SecretString};

use self::state::State;
use crate::config::{Config, ConfigBuilder};
use crate::key::SigningKey;
use crate::token::JwtIdPool;

/// A server in the process that answers as told and keeps the requests that arrived, with the users whose
/// tokens came with them. A test of a handler needs neither Node nor PostgreSQL with it.
///
/// ```
/// use scoped_runtime::ScopedClients;
/// use scoped_runtime::testing::Recorder;
/// use serde_json::{Value, json};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// const ALICE: &str = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11";
///
/// let recorder = Recorder::start().await?;
/// recorder.answer(json!([{ "id": 1, "body": "buy milk" }]));
///
/// let clients = ScopedClients::new(recorder.config())?;
/// let notes: Vec<Value> = clients.get(ALICE)?.from("notes").eq("done", false).fetch().await?;
/// assert_eq!(notes[0]["body"], "buy milk");
///
/// let request = recorder.only_request();
/// assert_eq!((request.method(), request.path()), ("GET", "/rest/v1/notes"));
/// assert_eq!(request.param("done"), Some("eq.false"));
/// request.assert_user(ALICE);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Until a test says otherwise, every request is answered with `200` and `[]`: no rows.
/// [`answer`](Self::answer), [`answers`](Self::answers) and [`answer_with`](Self::answer_with) say otherwise
/// for all requests, and [`at`](Self::at) for those of one path. The recorder never looks into a request to
/// find an answer: it runs no query and enforces no policy. What policies do is tested with a real database.
///
/// It speaks HTTP/1.1, and HTTP/2 with prior knowledge. Clones are the same server, which stops when the last
/// of them is dropped. `Debug` shows neither a token nor a key.
///
/// The kept requests are limited: 16 MiB for a body, 256 MiB for all bodies together, 10,000 requests. A
/// request over a limit is answered with `413` or `507`, and every later look at the requests panics and says
/// so.
#[derive(Clone)]
pub struct Recorder(Arc<Server>);

struct Server {
    address: SocketAddr,
    secret: SecretString,
    state: Arc<State>,
    task: AbortHandle,
}

/// A publishable key in the form of Supabase's keys.
const API_KEY: &str = "sb_publishable_recorderrecorderrecord_recorder";

impl Recorder {
    /// Starts a recorder on a free port of the loopback address. It runs as a task of the present tokio
    /// runtime.
    ///
    /// # Errors
    /// The error of the operating system when there is no free port.
    ///
    /// # Panics
    /// Outside of a tokio runtime; use [`start_blocking`](Self::start_blocking) there.
    #[expect(
        clippy::unused_async,
        reason = "the task belongs to the runtime that the caller awaits in"
    )]
    pub async fn start() -> io::Result<Self> {
        let (recorder, serving) = Self::listen()?;
        tokio::spawn(serving);
        Ok(recorder)
    }

    /// Starts a recorder on a thread of its own, for tests of [`blocking`](crate::blocking) clients and for
    /// tests that make runtimes themselves.
    ///
    /// ```
    /// # #[cfg(feature = "blocking")] {
    /// use scoped_runtime::blocking::ScopedClients;
    /// use scoped_runtime::testing::Recorder;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let recorder = Recorder::start_blocking()?;
    /// let alice = ScopedClients::new(recorder.config())?.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
    /// alice.from("notes").execute()?;
    /// recorder.only_request().assert_user(alice.user_id());
    /// # Ok(()) } main().unwrap(); }
    /// ```
    ///
    /// # Errors
    /// The error of the operating system when there is no free port or no thread.
    pub fn start_blocking() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let (recorder, serving) = Self::listen()?;
        let thread = thread::Builder::new().name("recorder".to_owned());
        thread.spawn(move || runtime.block_on(serving))?;
        Ok(recorder)
    }

    fn listen() -> io::Result<(Self, impl Future<Output = ()> + Send + 'static)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let ids = JwtIdPool::default();
        let id = || ids.next().map_err(io::Error::other);
        let secret = format!("{}{}", id()?.simple(), id()?.simple());
        let key = SigningKey::hs256(secret.clone()).map_err(io::Error::other)?;
        let state = Arc::new(State::new(&key));
        let (serving, task) = abortable(serve::serve(listener, Arc::clone(&state)));
        let server = Server {
            address,
            secret: secret.into(),
            state,
            task,
        };
        Ok((Self(Arc::new(server)), async {
            let _ = serving.await;
        }))
    }

    /// The URL of the recorder: the one of a project.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// A configuration of a project at this recorder, with an API key and a JWT secret made for this recorder.
    /// No environment variable is read.
    ///
    /// # Panics
    /// Never: the configuration is valid.
    #[must_use]
    pub fn config(&self) -> Config {
        let config = self.config_builder().build();
        config.expect("the configuration of a recorder is valid")
    }

    /// As [`config`](Self::config), for a test that sets more: a clock, limits, an audit sink. With another
    /// signing key, the recorder cannot verify the tokens of the project.
    pub fn config_builder(&self) -> ConfigBuilder {
        Config::builder()
            .environment(|_| None)
            .url(self.url())
            .api_key(API_KEY)
            .jwt_secret(self.0.secret.expose_secret())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
