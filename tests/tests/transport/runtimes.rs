//! Q24: connections belong to the runtime that opened them.

use std::sync::LazyLock;
use std::time::Duration;

use scoped_runtime::{ScopedClients, blocking};
use tokio::runtime::{Builder, Runtime};

use crate::support::{
    ALICE, BOB, Certificate, EMPTY, Server, always, config, http2, project, respond,
};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A server on a runtime that lives as long as the process.
fn server() -> (&'static Runtime, Server) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    });
    let server = RUNTIME.block_on(Server::start(|mut stream, _| async move {
        always(&mut stream, EMPTY).await
    }));
    (&RUNTIME, server)
}

fn ask(clients: &ScopedClients, runtime: &Runtime) {
    let alice = clients.get(ALICE).unwrap();
    let queries = async {
        alice.from("notes").execute().await.unwrap();
        alice.from("notes").execute().await.unwrap();
    };
    let within = async { tokio::time::timeout(Duration::from_secs(5), queries).await };
    runtime.block_on(within).unwrap();
}

#[test]
fn connections_are_not_shared_between_runtimes() {
    let (_runtime, server) = server();
    let clients = project(config(&server.http()));
    let (first, second) = (runtime(), runtime());
    ask(&clients, &first);
    ask(&clients, &second);
    ask(&clients, &first);
    assert_eq!(
        server.connections(),
        2,
        "each runtime has its own connection"
    );
    drop(first);
    ask(&clients, &second);
    ask(&clients, &runtime());
    assert_eq!(server.connections(), 3);
    let blocking = blocking::ScopedClients::from(clients.clone());
    blocking.get(BOB).unwrap().from("notes").execute().unwrap();
    assert_eq!(server.connections(), 4);
    ask(&clients, &second);
    assert_eq!(server.connections(), 4);
}

#[test]
fn http2_connections_are_not_shared_between_runtimes() {
    let certificate = Certificate::new();
    let (runtime_of_server, _) = server();
    let server = runtime_of_server.block_on(http2(
        &certificate,
        h2::server::Builder::new(),
        |mut connection, _| async move {
            while let Some(Ok((_, stream))) = connection.accept().await {
                respond(stream, 200, "[]");
            }
        },
    ));
    let config = config(&server.https()).root_certificate(certificate.authority.clone());
    let clients = project(config);
    let (first, second) = (runtime(), runtime());
    for runtime in [&first, &second, &first] {
        ask(&clients, runtime);
    }
    assert_eq!(server.connections(), 2);
}

#[test]
fn outside_of_a_runtime_a_request_is_an_error_without_a_panic() {
    let (_runtime, server) = server();
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    let mut query = std::pin::pin!(async {
        std::panic::AssertUnwindSafe(alice.from("notes").execute())
            .0
            .await
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = std::future::Future::poll(query.as_mut(), &mut context);
    let std::task::Poll::Ready(Err(error)) = polled else {
        panic!("it waits");
    };
    assert!(error.to_string().contains("runtime"), "{error}");
}
