//! The server that answers as the real Storage does, a server that records requests, projects on both, and assertions.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use scoped_runtime::storage::Bucket;
use scoped_runtime::testing::{ManualClock, Recorded, Recorder};
use scoped_runtime::{ClientError, Error, ScopedClient, ScopedClients, StorageError, Upload};
use scoped_tests::NodeServer;
pub(crate) use scoped_tests::{KEY, SECRET, config};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

/// A server of its own, with a clock that moves for both sides.
pub(crate) struct Stand {
    pub(crate) server: NodeServer,
    pub(crate) clock: ManualClock,
    pub(crate) clients: ScopedClients,
}

impl Stand {
    pub(crate) async fn start() -> Self {
        let server = start_server().await;
        let clock = ManualClock::real();
        let config = config(&server.url()).clock(clock.clone());
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        Self {
            server,
            clock,
            clients,
        }
    }

    /// Moves the clocks of the client and of the server.
    pub(crate) async fn pass(&self, seconds: u64) {
        self.clock.pass(std::time::Duration::from_secs(seconds));
        let ahead = self.clock_ahead();
        control(&self.server, &format!("/control/clock?ahead={ahead}")).await;
    }

    /// Moves only the clock of the server.
    pub(crate) async fn server_ahead(&self, seconds: u32) {
        control(&self.server, &format!("/control/clock?ahead={seconds}")).await;
    }

    fn clock_ahead(&self) -> i64 {
        use scoped_runtime::{Clock, SystemClock};

        let (ours, real) = (self.clock.now(), SystemClock::new().now());
        match ours.duration_since(real) {
            Ok(ahead) => ahead.as_secs().cast_signed(),
            Err(error) => -error.duration().as_secs().cast_signed(),
        }
    }

    /// The requests that the server got, without those before.
    pub(crate) async fn log(&self) -> Vec<Value> {
        let Value::Array(log) = control(&self.server, "/control/log").await else {
            panic!("no log");
        };
        log
    }
}

/// A clock for a project whose pauses between retries a task moves it over. No other time of the project comes near.
pub(crate) fn impatient(
    config: scoped_runtime::ConfigBuilder,
) -> (scoped_runtime::ConfigBuilder, Mover) {
    use std::time::Duration;

    let clock = ManualClock::real();
    let day = Duration::from_hours(24);
    let config = config
        .clock(clock.clone())
        .request_timeout(day)
        .connect_timeout(day)
        .body_idle_timeout(day);
    let task = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if clock.sleepers(LONGEST_PAUSE) > 0 {
                clock.pass(LONGEST_PAUSE);
            }
        }
    });
    (config, Mover(task))
}

/// The longest pause between two retries.
const LONGEST_PAUSE: std::time::Duration = std::time::Duration::from_secs(8);

/// Moves a clock until it is dropped.
pub(crate) struct Mover(tokio::task::JoinHandle<()>);

impl Drop for Mover {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn start_server() -> NodeServer {
    let buckets = json!({
        "own": {},
        "shared": { "policy": "shared" },
        "other": { "policy": "shared" },
        "insert": { "policy": "insert" },
        "public": { "isPublic": true },
        "info": {},
        "authenticated": {},
        "sign": { "policy": "shared" },
        "small": { "policy": "shared", "limit": 1000 },
        "texts": { "policy": "shared", "types": ["text/plain"] },
        "a+b =$&@:;,'(c)!*": { "policy": "shared" },
    });
    let configuration = json!({ "secret": SECRET, "buckets": buckets });
    NodeServer::start("storage/server.mjs", &configuration)
        .await
        .unwrap()
}

/// The server that the tests share whose users are their own.
pub(crate) async fn shared() -> &'static NodeServer {
    static SHARED: OnceCell<NodeServer> = OnceCell::const_new();
    SHARED.get_or_init(start_server).await
}

/// A user whom no other test knows.
pub(crate) fn user() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// A client of a new user on the shared server.
pub(crate) async fn client() -> ScopedClient {
    let config = config(&shared().await.url()).build().unwrap();
    ScopedClients::new(config).unwrap().get(user()).unwrap()
}

/// A bucket of a new user, and the folder that is the user's.
pub(crate) async fn own() -> (Bucket, String) {
    let client = client().await;
    let folder = client.user_id().to_string();
    (client.storage().bucket("own"), folder)
}

/// Asks the server's control, by plain HTTP.
pub(crate) async fn control(server: &NodeServer, path: &str) -> Value {
    let address = server.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// A server that records requests, and a client of a new user on it.
pub(crate) async fn recorder() -> (Recorder, ScopedClient) {
    let recorder = Recorder::start().await.unwrap();
    let clients = ScopedClients::new(recorder.config()).unwrap();
    let client = clients.get(user()).unwrap();
    (recorder, client)
}

/// The same, with the answer to every request.
pub(crate) async fn recorder_with(answer: Value) -> (Recorder, ScopedClient) {
    let (recorder, client) = recorder().await;
    recorder.answer(answer);
    (recorder, client)
}

/// The method, the path and the query of a request.
pub(crate) fn line(request: &Recorded) -> String {
    let query = request.query();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {}{mark}{query}", request.method(), request.path())
}

/// A body of these parts, of unknown length.
pub(crate) fn stream<T: Into<Bytes>>(parts: impl IntoIterator<Item = T>) -> Upload {
    let parts: Vec<_> = parts.into_iter().map(|part| Ok(part.into())).collect();
    Upload::new(futures_util::stream::iter(parts))
}

/// The ID of a resumable upload of this object: `bucket/key/version`.
pub(crate) fn base64_url(object: &str) -> String {
    URL_SAFE_NO_PAD.encode(object)
}

/// Asserts which variant of [`ClientError`] an error is.
macro_rules! assert_client_error {
    ($error:expr, $variant:pat) => {{
        let error: &scoped_runtime::Error = &$error;
        let is_it = matches!(error, scoped_runtime::Error::Client($variant));
        assert!(is_it, "{error}");
    }};
}
pub(crate) use assert_client_error;

/// Asserts that the response contradicts the protocol, for a reason with this word.
#[track_caller]
pub(crate) fn assert_unexpected<T: std::fmt::Debug>(outcome: Result<T, Error>, word: &str) {
    let error = outcome.unwrap_err();
    let is_it = matches!(error, Error::Client(ClientError::UnexpectedResponse { .. }));
    assert!(is_it && error.to_string().contains(word), "{error}");
}

/// The error of Storage.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> StorageError {
    match outcome {
        Err(Error::Storage(error)) => error,
        other => panic!("not refused by Storage: {other:?}"),
    }
}
