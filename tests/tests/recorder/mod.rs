//! `testing::Recorder`: what it answers, what it keeps, and what its assertions say.

mod answers;
mod assertions;
mod limits;
mod requests;

use scoped_runtime::testing::Recorder;
use scoped_runtime::{ScopedClient, ScopedClients};

use crate::support::ALICE;

/// A recorder and a client of Alice.
async fn alice() -> (Recorder, ScopedClient) {
    let recorder = Recorder::start().await.unwrap();
    let clients = ScopedClients::new(recorder.config()).unwrap();
    (recorder, clients.get(ALICE).unwrap())
}
