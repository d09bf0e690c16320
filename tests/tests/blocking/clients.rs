//! Blocking clients send the same requests as async clients, and threads share one renewal.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use scoped_runtime::blocking::{Query, ScopedClient, ScopedClients};
use scoped_runtime::testing::{self, Gate, Recorder};
use scoped_runtime::{Async, ClientError, Error, KeyCheck, TokenError};
use scoped_tests::ManualClock;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::key::vault::{Answer, Vault};
use crate::support::{ALICE, BOB, bearer, config, project, verified};

/// A response with two rows.
fn rows() -> testing::Answer {
    testing::Answer::from(json!([{"id": 1}, {"id": 2}]))
}

/// The runtime of the server. No client of these tests runs on it.
fn runtime() -> Runtime {
    Runtime::new().unwrap()
}

#[test]
fn blocking_clients_send_the_same_requests_as_async_clients() {
    let runtime = runtime();
    let (server, clients, _) = runtime.block_on(project());
    let clients = ScopedClients::from(clients);
    let client = clients.get(ALICE).unwrap();
    let native = postgrest::Postgrest::new(format!("{}/rest/v1", server.url()))
        .from("notes")
        .select("*");

    let rows: Vec<Value> = client.from("notes").eq("id", "7").fetch().unwrap();
    assert!(rows.is_empty());
    let response = client.schema("api2").rpc("add", ()).execute().unwrap();
    assert_eq!((response.status(), &*response.text()), (200, "[]"));
    client.execute(native).unwrap();
    let request = client.request("POST", "functions/v1/hello").json(json!({}));
    request.execute().unwrap();
    let narrowed = client.narrow().expires_in(Duration::from_mins(1)).client();
    narrowed.unwrap().from("notes").execute().unwrap();

    let requests = server.requests();
    let urls = requests.iter().map(|request| request.path().to_owned());
    assert_eq!(
        urls.collect::<Vec<_>>(),
        [
            "/rest/v1/notes",
            "/rest/v1/rpc/add",
            "/rest/v1/notes",
            "/functions/v1/hello",
            "/rest/v1/notes"
        ]
    );
    assert_eq!(requests[0].query(), "id=eq.7");
    assert_eq!(requests[1].header("content-profile"), Some("api2"));
    for request in &requests {
        assert_eq!(verified(bearer(request))["sub"], ALICE);
    }
}

#[test]
fn blocking_clients_return_the_same_rows_and_errors_as_async_clients() {
    let server = Recorder::start_blocking().unwrap();
    server.answer(rows());
    let clients = ScopedClients::new(config(&server.url()).build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    let rows: Vec<Value> = client.from("notes").fetch().unwrap();
    assert_eq!(rows.len(), 2);
    let error = client.from("notes").fetch::<String>().unwrap_err();
    let decode = matches!(error, Error::Client(ClientError::Decode { .. }));
    assert!(decode, "{error}");
    let error = client.from("a/b").execute().unwrap_err();
    let name = matches!(error, Error::Client(ClientError::InvalidName { .. }));
    assert!(name, "{error}");

    let none = json!({"code": "PGRST116", "message": "m", "details": "The result contains 0 rows"});
    let none = testing::Answer::new(406).json(&none);
    server.answer(none);
    assert!(matches!(
        client.from("notes").fetch_one::<Value>(),
        Err(Error::Api(_))
    ));
    let found: Option<Value> = client.from("notes").fetch_optional().unwrap();
    assert_eq!(found, None);
}

#[test]
fn a_request_refused_as_expired_is_sent_again_with_a_new_token() {
    let server = Recorder::start_blocking().unwrap();
    server.answers([testing::Answer::expired_token(), rows()]);
    let clients = ScopedClients::new(config(&server.url()).build().unwrap()).unwrap();
    let query = clients.get(ALICE).unwrap().from("notes");
    assert_eq!(query.fetch::<Value>().unwrap().len(), 2);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_ne!(bearer(&requests[0]), bearer(&requests[1]));
}

#[test]
fn a_request_without_a_response_ends_after_the_request_timeout() {
    let server = Recorder::start_blocking().unwrap();
    server.answer(rows().after(&Gate::new()));
    let config = config(&server.url()).request_timeout(Duration::from_millis(50));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let error = clients.get(ALICE).unwrap().from("notes").execute();
    let error = error.unwrap_err();
    let timeout = matches!(error, Error::Client(ClientError::Timeout { .. }));
    assert!(timeout, "{error}");
}

#[test]
fn sixty_four_threads_wait_for_one_signature_of_the_signer() {
    let runtime = runtime();
    let vault = Vault::new();
    let (server, clients, clock) = runtime.block_on(vault.project());
    let client = ScopedClients::from(clients).get(ALICE).unwrap();
    for round in 1..=2 {
        vault.next([Answer::SignsLater]);
        let ready = Barrier::new(65);
        thread::scope(|threads| {
            for _ in 0..64 {
                threads.spawn(|| {
                    ready.wait();
                    client.from("notes").execute().unwrap();
                });
            }
            ready.wait();
            runtime.block_on(vault.is_asked(round));
            vault.release();
        });
        assert_eq!(vault.asked(), round);
        clock.pass(Duration::from_hours(1));
    }
    assert_eq!(server.requests().len(), 128);
}

#[test]
fn many_users_on_many_threads_never_send_each_others_token() {
    let runtime = runtime();
    let (server, clients, clock) = runtime.block_on(project());
    let clients = ScopedClients::from(clients);
    thread::scope(|threads| {
        for user in 0..32_u32 {
            let (clients, clock): (_, &ManualClock) = (&clients, &clock);
            threads.spawn(move || {
                let user = format!("00000000-0000-4000-8000-{user:012x}");
                for _ in 0..8 {
                    let client = clients.get(&*user).unwrap();
                    client.from(&user).execute().unwrap();
                    // Only the wall clock jumps: the monotonic clock would time out the requests of the
                    // other threads.
                    clock.jump(Duration::from_mins(10));
                }
            });
        }
    });
    let requests = server.requests();
    assert_eq!(requests.len(), 256);
    for request in &requests {
        let asked = request.path().trim_start_matches("/rest/v1/");
        assert_eq!(verified(bearer(request))["sub"], asked);
    }
}

#[test]
fn token_waits_for_the_signer() {
    let vault = Vault::new();
    let clients = ScopedClients::from(vault.offline().0);
    let token = clients.get(ALICE).unwrap().token().unwrap();
    assert_eq!(verified(token.expose_secret())["sub"], ALICE);

    vault.always(Answer::Fails);
    let error = clients.get(BOB).unwrap().token().unwrap_err();
    let signer = matches!(error, Error::Token(TokenError::Signer { .. }));
    assert!(signer, "{error}");
}

#[test]
fn blocking_and_async_clients_share_tokens_and_close_flags() {
    let runtime = runtime();
    let (server, clients, _) = runtime.block_on(project());
    let blocking = ScopedClients::from(clients.clone());
    let (one, other) = (clients.get(ALICE).unwrap(), blocking.get(ALICE).unwrap());
    let third = blocking.as_async().get(ALICE).unwrap();
    let token = one.token().unwrap();
    for same in [other.token().unwrap(), third.token().unwrap()] {
        assert_eq!(same.expose_secret(), token.expose_secret());
    }

    blocking.close_user(ALICE).unwrap();
    let closed = |error| matches!(error, Error::Client(ClientError::Closed));
    assert!(closed(one.token().unwrap_err()));
    assert!(closed(other.from("notes").execute().unwrap_err()));
    assert!(server.requests().is_empty());
    assert_eq!(blocking.check_keys().unwrap(), KeyCheck::SharedSecret);
}

/// The pool still contains the connection of the paused runtime, but that runtime no longer reads from it.
#[test]
fn a_blocking_request_does_not_use_a_connection_of_a_paused_runtime() {
    let (server, clients, _) = runtime().block_on(project());
    let paused = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let query = clients.get(ALICE).unwrap().from("notes");
    paused.block_on(query.execute()).unwrap();

    let query = ScopedClients::from(clients)
        .get(ALICE)
        .unwrap()
        .from("notes");
    query.execute().unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn check_keys_reports_a_key_that_the_project_does_not_list() {
    let server = Recorder::start_blocking().unwrap();
    server
        .at("/auth/v1/.well-known/jwks.json")
        .answer(json!({"keys": []}));
    let vault = Vault::of(scoped_runtime::Algorithm::Es256);
    let config = vault.config(&server.url()).build().unwrap();
    let error = ScopedClients::new(config)
        .unwrap()
        .check_keys()
        .unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error}");
}

#[test]
fn async_and_blocking_clients_and_queries_have_the_same_size() {
    let words = |bytes: usize| bytes / size_of::<usize>();
    assert_eq!(words(size_of::<scoped_runtime::ScopedClient>()), 6);
    assert_eq!(
        size_of::<Query>(),
        size_of::<scoped_runtime::Query<Async>>()
    );
    assert_eq!(words(size_of::<ScopedClient>()), 6);
}
