//! R8: no request is written with an expired token; the token is renewed first.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::{ClientError, Error, Phase, ScopedClients};
use scoped_tests::ManualClock;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

use crate::support::{
    ALICE, Certificate, EMPTY, START, Server, answer, claims, config, header, pass, project,
    request, until,
};

/// A server whose first handshake waits, with its project and clock, the requests, and the signal that
/// releases the handshake.
async fn slow() -> (
    Server,
    ScopedClients,
    ManualClock,
    Arc<Mutex<Vec<String>>>,
    Arc<Notify>,
) {
    let certificate = Certificate::new();
    let acceptor = certificate.acceptor("http/1.1");
    let (arrived, go) = (
        Arc::<Mutex<Vec<String>>>::default(),
        Arc::new(Notify::new()),
    );
    let server = {
        let (arrived, go) = (Arc::clone(&arrived), Arc::clone(&go));
        Server::start(move |stream, _| {
            let (acceptor, arrived) = (acceptor.clone(), Arc::clone(&arrived));
            let go = Arc::clone(&go);
            async move {
                go.notified().await;
                let mut stream = acceptor.accept(stream).await?;
                while let Some(text) = request(&mut stream).await? {
                    arrived.lock().unwrap().push(text);
                    stream.write_all(EMPTY.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let clock = ManualClock::at(START);
    let config = config(&server.https())
        .root_certificate(certificate.authority)
        .clock(clock.clone());
    (server, project(config), clock, arrived, go)
}

#[tokio::test]
async fn a_token_that_expires_while_a_connection_is_opened_is_renewed() {
    let (server, clients, clock, arrived, go) = slow().await;
    let alice = clients.user(ALICE).expires_in(Duration::from_secs(3));
    let alice = alice.client().unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    until("a connection", || server.connections() == 1).await;
    clock.pass(Duration::from_secs(5));
    go.notify_one();
    query.await.unwrap().unwrap();
    let arrived = arrived.lock().unwrap();
    let claims = claims(header(&arrived[0], "authorization").unwrap());
    assert_eq!(
        claims["exp"],
        START + 8,
        "the token was minted five seconds later"
    );
}

#[tokio::test]
async fn without_auto_refresh_a_token_that_expires_while_connecting_is_not_sent() {
    let (server, clients, clock, arrived, go) = slow().await;
    let alice = clients.user(ALICE).expires_in(Duration::from_secs(3));
    let alice = alice.auto_refresh(false).client().unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    until("a connection", || server.connections() == 1).await;
    clock.pass(Duration::from_secs(5));
    go.notify_one();
    let error = query.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error}");
    assert_eq!(arrived.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_deadline_that_passes_while_connecting_names_the_connection_phase() {
    let (server, clients, clock, arrived, go) = slow().await;
    let alice = clients.get(ALICE).unwrap();
    let query = tokio::spawn(
        alice
            .request("GET", "rest/v1/notes")
            .timeout(Duration::from_secs(2))
            .execute(),
    );
    until("a connection", || server.connections() == 1).await;
    pass(&clock, Duration::from_secs(2)).await;
    let error = query.await.unwrap().unwrap_err();
    let Error::Client(ClientError::Timeout { after, phase, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!((after, phase), (Duration::from_secs(2), Phase::Connection));
    go.notify_one();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(arrived.lock().unwrap().len(), 0);
}

/// Q27: the clock of the server is behind ours.
#[tokio::test]
async fn a_read_refused_as_issued_in_the_future_is_sent_once_more() {
    let future = answer(
        401,
        r#"{"code":"PGRST303","message":"JWT issued at future"}"#,
    );
    let count = Arc::new(Mutex::new(0));
    let server = {
        let count = Arc::clone(&count);
        Server::start(move |mut stream, _| {
            let (count, future) = (Arc::clone(&count), future.clone());
            async move {
                while let Some(text) = request(&mut stream).await? {
                    *count.lock().unwrap() += 1;
                    let is_second = *count.lock().unwrap() == 2;
                    let ours = if is_second && text.starts_with("GET") {
                        EMPTY
                    } else {
                        &future
                    };
                    stream.write_all(ours.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let clock = ManualClock::at(START);
    let clients = project(config(&server.http()).clock(clock.clone()));
    let alice = clients.get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    pass(&clock, Duration::from_secs(1)).await;
    query.await.unwrap().unwrap();
    assert_eq!(*count.lock().unwrap(), 2);

    let write = alice.from("notes").insert(serde_json::json!({})).execute();
    let error = write.await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(api) if api.status() == 401),
        "{error}"
    );
    assert_eq!(*count.lock().unwrap(), 3);
}

/// Q14: a response without a body names the error in its headers.
#[tokio::test]
async fn a_head_request_refused_as_expired_is_sent_again_with_a_new_token() {
    let arrived = Arc::<Mutex<Vec<String>>>::default();
    let server = {
        let arrived = Arc::clone(&arrived);
        Server::start(move |mut stream, _| {
            let arrived = Arc::clone(&arrived);
            async move {
                while let Some(text) = request(&mut stream).await? {
                    let is_first = arrived.lock().unwrap().is_empty();
                    arrived.lock().unwrap().push(text);
                    let expired = "HTTP/1.1 401 X\r\nproxy-status: PostgREST; error=PGRST303\r\n\
                        www-authenticate: Bearer error=\"invalid_token\", error_description=\"JWT expired\"\r\n\
                        content-length: 70\r\n\r\n";
                    let ours = if is_first {
                        expired
                    } else {
                        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
                    };
                    stream.write_all(ours.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    alice
        .request("HEAD", "rest/v1/notes")
        .execute()
        .await
        .unwrap();
    let arrived = arrived.lock().unwrap();
    let [first, second] = [0, 1].map(|index: usize| header(&arrived[index], "authorization"));
    assert_ne!(first, second);
}
