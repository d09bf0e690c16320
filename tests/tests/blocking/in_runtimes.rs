//! Blocking clients inside of async runtimes: where blocking is refused, and where it is allowed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use scoped_runtime::blocking::{ScopedClient, ScopedClients};
use scoped_runtime::testing::Answer;
use scoped_runtime::{AuditSink, ClientError, Error, MintRecord, NoClaims, TokenError};
use scoped_tests::ManualClock;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task;

use crate::key::vault::Vault;
use crate::support::{ALICE, BOB, START, config, project, server};

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| builder.enable_all().build().unwrap())
}

fn is_refused<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Client(ClientError::InsideRuntime)))
}

/// Asserts that every call that would block is refused.
fn assert_refused(clients: &ScopedClients) {
    let client = clients.get(ALICE).unwrap();
    assert!(is_refused(&client.from("notes").execute()));
    assert!(is_refused(&client.from("notes").fetch::<String>()));
    assert!(is_refused(&client.from("notes").fetch_one::<String>()));
    assert!(is_refused(&client.from("notes").fetch_optional::<String>()));
    assert!(is_refused(&client.rpc("add", ()).execute()));
    assert!(is_refused(&client.request("GET", "storage/v1").execute()));
    assert!(is_refused(&client.token()));
    assert!(is_refused(&clients.check_keys()));
    assert!(is_refused(
        &clients.authenticate::<NoClaims>("Bearer a.b.c")
    ));
}

#[test]
fn in_a_task_every_blocking_call_is_an_error_and_sends_nothing() {
    for runtime in runtimes() {
        let vault = Vault::new();
        let (server, clients, _) = runtime.block_on(vault.project());
        let clients = ScopedClients::from(clients);
        let same = clients.clone();
        runtime.block_on(async { assert_refused(&clients) });
        runtime.block_on(async move {
            let task = tokio::spawn(async move { assert_refused(&same) });
            task.await.unwrap();
        });
        runtime.block_on(task::LocalSet::new().run_until(async { assert_refused(&clients) }));
        assert_eq!(vault.asked(), 0);
        assert!(server.requests().is_empty());
    }
}

#[test]
fn the_inside_runtime_error_names_the_async_client_and_spawn_blocking() {
    let message = ClientError::InsideRuntime.to_string();
    assert!(
        message.contains("use `scoped_runtime::ScopedClient`"),
        "{message}"
    );
    assert!(message.contains("`spawn_blocking`"), "{message}");
}

fn ask(client: &ScopedClient) -> u16 {
    client.from("notes").execute().unwrap().status()
}

#[test]
fn blocking_calls_work_in_spawn_blocking_and_block_in_place() {
    for runtime in runtimes() {
        let (_server, clients, _) = runtime.block_on(project());
        let client = ScopedClients::from(clients).get(ALICE).unwrap();
        let same = client.clone();
        let answer = runtime.block_on(async { task::spawn_blocking(move || ask(&same)).await });
        assert_eq!(answer.unwrap(), 200);
        let _entered = runtime.enter();
        assert_eq!(ask(&client), 200);
    }
    let [_, many] = runtimes();
    let (_server, clients, _) = many.block_on(project());
    let client = ScopedClients::from(clients).get(ALICE).unwrap();
    let answer = many.block_on(async { task::block_in_place(|| ask(&client)) });
    assert_eq!(answer, 200);
}

/// The check whether a thread runs a task must not use up the coop budget of the task.
#[test]
fn a_refused_blocking_call_uses_no_coop_budget_of_the_task() {
    for runtime in runtimes() {
        let (_server, clients, _) = runtime.block_on(project());
        let client = ScopedClients::from(clients).get(ALICE).unwrap();
        runtime.block_on(async {
            for _ in 0..3 {
                assert!(is_refused(&client.from("notes").execute()));
                assert!(task::coop::has_budget_remaining());
            }
        });
    }
}

#[test]
fn an_unconstrained_task_can_make_a_blocking_call_without_a_panic() {
    for runtime in runtimes() {
        let (_server, clients, _) = runtime.block_on(project());
        let client = ScopedClients::from(clients).get(ALICE).unwrap();
        let answer = runtime.block_on(task::coop::unconstrained(async { ask(&client) }));
        assert_eq!(answer, 200);
    }
}

/// A sink that writes its records with a client of the project that it audits.
#[derive(Debug, Clone, Default)]
struct Writes(Arc<OnceLock<ScopedClient>>);

impl AuditSink for Writes {
    fn record(
        &self,
        record: &MintRecord<'_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if let Some(client) = self.0.get() {
            let row = json!({"subject": record.subject.as_str()});
            client.from("audit").insert(row).execute()?;
        }
        Ok(())
    }
}

#[test]
fn an_audit_sink_whose_own_token_is_due_gets_an_error_instead_of_a_deadlock() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(server(Answer::new(201)));
    let (writes, clock) = (Writes::default(), ManualClock::at(START));
    let config = config(&server.url()).clock(clock.clone());
    let clients = ScopedClients::new(config.audit(writes.clone()).build().unwrap()).unwrap();
    writes.0.set(clients.get(BOB).unwrap()).unwrap();
    clients.get(ALICE).unwrap();
    assert_eq!(server.requests().len(), 1);

    // The token of the sink has expired as well, and its own mint has to be recorded, too.
    clock.pass(Duration::from_hours(1));
    let error = clients.get(ALICE).unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Audit { .. })),
        "{error}"
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_last_client_can_be_dropped_in_a_task() {
    for runtime in runtimes() {
        let (_server, clients, _) = runtime.block_on(project());
        let client = ScopedClients::from(clients).get(ALICE).unwrap();
        assert_eq!(ask(&client), 200);
        runtime.block_on(async move { drop(client) });
    }
}

/// Sends the outcome of the request in the destructor to the test.
type Told = std::sync::mpsc::Sender<Result<(), Error>>;

struct Last(ScopedClient, Told);

impl Drop for Last {
    fn drop(&mut self) {
        let outcome = self.0.from("notes").execute().map(|_| ());
        self.1.send(outcome).unwrap();
    }
}

thread_local! {
    static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) };
}

/// A panic in such a destructor would abort the process.
#[test]
fn a_request_in_a_thread_local_destructor_never_aborts_the_process() {
    let runtime = Runtime::new().unwrap();
    let (_server, clients, _) = runtime.block_on(project());
    let client = ScopedClients::from(clients).get(ALICE).unwrap();
    for uses_it_before in [true, false] {
        let (told, outcome) = std::sync::mpsc::channel();
        let client = client.clone();
        let thread = std::thread::spawn(move || {
            LAST.set(Some(Last(client.clone(), told)));
            if uses_it_before {
                // Tokio's thread-local values are created after ours and therefore destroyed before it.
                client.from("notes").execute().unwrap();
            }
        });
        thread.join().unwrap();
        match outcome.recv().unwrap() {
            Ok(()) => assert!(!uses_it_before),
            Err(Error::Client(ClientError::ThreadExiting)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
