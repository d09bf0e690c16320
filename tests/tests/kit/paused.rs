//! Tests on tokio's paused clock, and what to use instead.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use scoped_runtime::testing::{LocalSupabase, ManualClock, Postgres};
use scoped_runtime::{Config, ConfigBuilder, Error, ScopedClients};
use serde_json::{Value, json};

use crate::support::{ALICE, SHOP};

/// A server that answers every request with no rows once it is told to.
fn server() -> (ConfigBuilder, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (answer, told) = channel();
    std::thread::spawn(move || serve(&listener, &told));
    let config = Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256");
    (config, answer)
}

fn serve(listener: &TcpListener, told: &Receiver<()>) {
    for connection in listener.incoming() {
        let mut connection = connection.unwrap();
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap() == 1 {
            request.push(byte[0]);
        }
        if told.recv().is_err() {
            return;
        }
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
        // A client that gave up does not read it.
        let _ = connection.write_all(answer.as_bytes());
    }
}

/// What a user sees who pauses tokio's clock: as soon as all tasks wait, and one that waits for the network does, the
/// clock jumps to the next timer, which is the time limit of the request.
#[tokio::test(start_paused = true)]
async fn on_a_paused_clock_a_request_ends_at_once_by_its_time_limit() {
    let (config, answer) = server();
    let alice = ScopedClients::new(config.build().unwrap())
        .unwrap()
        .get(ALICE)
        .unwrap();
    let before = tokio::time::Instant::now();
    let error = alice
        .from("notes")
        .select("*")
        .fetch::<Value>()
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Client(_)), "{error}");
    assert!(
        error.to_string().contains("no response within 30s"),
        "{error}"
    );
    // The limit was reached on tokio's clock; the server had no time to answer on any other.
    assert!(before.elapsed() >= Duration::from_secs(30));
    drop(answer);
}

/// A clock of the kit is no clock of tokio: time limits and renewals follow it, and the network is waited for.
#[tokio::test(start_paused = true)]
async fn with_a_manual_clock_a_request_waits_for_the_network_also_on_a_paused_clock() {
    let clock = ManualClock::real();
    let (config, answer) = server();
    let config = config.clock(clock.clone()).build().unwrap();
    let alice = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
    let first = alice.token().unwrap().expires_at();
    let request = tokio::spawn({
        let alice = alice.clone();
        async move { alice.from("notes").select("*").fetch::<Value>().await }
    });
    answer.send(()).unwrap();
    assert_eq!(request.await.unwrap().unwrap(), [] as [Value; 0]);
    clock.pass(Duration::from_hours(1));
    assert!(alice.token().unwrap().expires_at() > first, "renewed");
}

/// The servers of the kit start on threads of their own, on which no clock is paused.
#[tokio::test(start_paused = true)]
async fn servers_start_on_a_paused_clock() {
    let postgres = Postgres::with(SHOP).await.unwrap();
    assert_eq!(
        postgres.sql("select 1 as one").await.unwrap(),
        json!([{ "one": 1 }])
    );
    let server = LocalSupabase::with(SHOP).await.unwrap();
    let clock = ManualClock::real();
    let config = server.config_builder().clock(clock).build().unwrap();
    let alice = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
    let products = alice
        .from("products")
        .select("name")
        .fetch::<Value>()
        .await
        .unwrap();
    assert_eq!(products.len(), 2);
}
