//! A static project serves every worker of actix-web, whose runtimes are different ones.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};
use std::thread;

use actix_web::web;
use scoped_runtime::testing::Recorder;
use scoped_runtime::{Config, Error, ScopedClients};

use crate::verify::support::{KEY, own_key};
use crate::web::serve;

const WORKERS: usize = 3;
const ALICE: &str = "00000000-0000-4000-8000-00000000000a";

static CLIENTS: OnceLock<ScopedClients> = OnceLock::new();
static SERVED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

async fn rows() -> Result<String, Error> {
    SERVED
        .lock()
        .unwrap()
        .insert(format!("{:?}", thread::current().id()));
    let alice = CLIENTS.get().unwrap().get(ALICE)?;
    let response = alice.from("notes").execute().await?;
    Ok(response.status().to_string())
}

#[tokio::test]
async fn a_static_project_serves_every_worker_of_actix_web() {
    let database = Recorder::start().await.unwrap();
    let config = Config::builder()
        .environment(|_| None)
        .url(database.url())
        .api_key(KEY)
        .signing_key(own_key());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    CLIENTS.set(clients).unwrap();
    let url = serve::actix_with(WORKERS, |config| {
        config.route("/rows", web::get().to(rows));
    });
    // Connections are given to the workers in turn, so each of them gets some.
    for _ in 0..4 {
        let connections = (0..WORKERS).map(|_| async {
            let http = reqwest::Client::new();
            for _ in 0..3 {
                let answer = http.get(format!("{url}/rows")).send().await.unwrap();
                assert_eq!(answer.text().await.unwrap(), "200");
            }
        });
        futures_util::future::join_all(connections).await;
    }
    assert_eq!(SERVED.lock().unwrap().len(), WORKERS);
}
