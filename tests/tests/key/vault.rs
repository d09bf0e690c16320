//! A signer whose answers the test decides.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use scoped_runtime::testing::Recorder;
use scoped_runtime::{Algorithm, Config, ConfigBuilder, ScopedClients, Signer};
use scoped_tests::ManualClock;
use serde_json::json;
use tokio::sync::{Semaphore, watch};

use crate::support::{KEY, SECRET, START, server};

pub(crate) const KEY_ID: &str = "the-key-in-the-vault";
pub(crate) const SEALED: &str = "the vault is sealed";

/// The answer to one request for a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Signs,
    /// Signs once the test releases it.
    SignsLater,
    Fails,
    /// Fails once the test releases it.
    FailsLater,
    Panics,
    Bytes(usize),
}

/// A signer. Its clones share their state.
#[derive(Debug, Clone)]
pub(crate) struct Vault {
    algorithm: Algorithm,
    key_id: &'static str,
    script: Arc<Mutex<Script>>,
    released: Arc<Semaphore>,
    asked: watch::Sender<usize>,
}

#[derive(Debug)]
struct Script {
    next: VecDeque<Answer>,
    then: Answer,
}

impl Vault {
    /// A vault that signs with HS256 and the secret that `verified` uses.
    pub(crate) fn new() -> Self {
        Self::of(Algorithm::Hs256)
    }

    pub(crate) fn of(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            key_id: KEY_ID,
            script: Arc::new(Mutex::new(Script {
                next: VecDeque::new(),
                then: Answer::Signs,
            })),
            released: Arc::new(Semaphore::new(0)),
            asked: watch::Sender::new(0),
        }
    }

    pub(crate) fn without_key_id(mut self) -> Self {
        self.key_id = "";
        self
    }

    /// Sets the answers to the next requests. Later requests are answered as before.
    pub(crate) fn next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap().next.extend(answers);
    }

    /// Sets the answer to all requests from now on.
    pub(crate) fn always(&self, answer: Answer) {
        self.script.lock().unwrap().then = answer;
    }

    /// Releases one more of the waiting requests.
    pub(crate) fn release(&self) {
        self.released.add_permits(1);
    }

    /// Returns the number of requests for a signature.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.borrow()
    }

    /// Waits until the vault has received this number of requests.
    pub(crate) async fn is_asked(&self, times: usize) {
        let mut asked = self.asked.subscribe();
        asked.wait_for(|asked| *asked >= times).await.unwrap();
    }

    pub(crate) fn config(&self, url: &str) -> ConfigBuilder {
        Config::builder()
            .environment(|_| None)
            .url(url)
            .api_key(KEY)
            .signer(self.clone())
    }

    /// Returns a project that uses this vault, to which no request is sent, and its clock.
    pub(crate) fn offline(&self) -> (ScopedClients, ManualClock) {
        let clock = ManualClock::at(START);
        let config = self.config("https://project.test").clock(clock.clone());
        (ScopedClients::new(config.build().unwrap()).unwrap(), clock)
    }

    /// Returns a project that uses this vault, with a server that answers `200 []`, and its clock.
    pub(crate) async fn project(&self) -> (Recorder, ScopedClients, ManualClock) {
        let server = server(json!([])).await;
        let clock = ManualClock::at(START);
        let config = self.config(&server.url()).clock(clock.clone());
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        (server, clients, clock)
    }

    async fn wait(&self) {
        self.released.acquire().await.unwrap().forget();
    }
}

impl Signer for Vault {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn key_id(&self) -> &str {
        self.key_id
    }

    async fn sign(
        &self,
        input: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let answer = {
            let mut script = self.script.lock().unwrap();
            script.next.pop_front().unwrap_or(script.then)
        };
        self.asked.send_modify(|asked| *asked += 1);
        if matches!(answer, Answer::SignsLater | Answer::FailsLater) {
            self.wait().await;
        }
        match answer {
            Answer::Signs | Answer::SignsLater => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
                Ok(hmac::sign(&key, input).as_ref().to_vec())
            }
            Answer::Fails | Answer::FailsLater => Err(SEALED.into()),
            Answer::Panics => panic!("a mistake in the vault's program"),
            Answer::Bytes(length) => Ok(vec![7; length]),
        }
    }
}
