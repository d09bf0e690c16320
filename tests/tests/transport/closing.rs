//! R7: after `close()` has returned, no request begins to be written. `race.rs` tests the moment of the
//! close itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::{ClientError, Error};
use scoped_tests::ManualClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};

use crate::support::{
    ALICE, BOB, Certificate, EMPTY, START, Server, config, full_queue, http2, project, request,
    respond, until,
};

fn is_closed<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Client(ClientError::Closed)))
}

#[tokio::test]
async fn after_close_a_request_that_waits_for_tcp_is_not_sent() {
    let (listener, fillers) = full_queue().await;
    let address = listener.local_addr().unwrap();
    let short = Duration::from_millis(200);
    let clients = project(config(&format!("http://{address}")));
    let alice = clients.get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    tokio::time::sleep(short).await;
    alice.close();
    // The caller gets the error without waiting for the connection.
    let outcome = tokio::time::timeout(short, query).await.unwrap().unwrap();
    assert!(is_closed(&outcome));

    drop(fillers);
    let mut arrived = Vec::new();
    let second = Duration::from_secs(2);
    while let Ok(Ok((mut stream, _))) = tokio::time::timeout(second, listener.accept()).await {
        let _ = tokio::time::timeout(short, stream.read_to_end(&mut arrived)).await;
    }
    assert_eq!(String::from_utf8_lossy(&arrived), "");
}

#[tokio::test]
async fn after_close_user_a_request_that_waits_for_tls_is_not_sent() {
    let certificate = Certificate::new();
    let acceptor = certificate.acceptor("http/1.1");
    let go = Arc::new(Notify::new());
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let server = {
        let (go, arrived) = (Arc::clone(&go), Arc::clone(&arrived));
        Server::start(move |stream, _| {
            let (acceptor, go) = (acceptor.clone(), Arc::clone(&go));
            let arrived = Arc::clone(&arrived);
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
    let clients = project(config(&server.https()).root_certificate(certificate.authority.clone()));
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    let [of_alice, of_bob] =
        [&alice, &bob].map(|client| tokio::spawn(client.from("notes").execute()));
    until("a connection", || server.connections() > 0).await;
    clients.close_user(ALICE).unwrap();
    assert!(is_closed(&of_alice.await.unwrap()));
    go.notify_one();
    // The connection that was opened for Alice's request carries Bob's.
    of_bob.await.unwrap().unwrap();
    assert_eq!(arrived.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn after_close_a_request_that_waits_for_an_http2_stream_is_not_sent() {
    let certificate = Certificate::new();
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(1);
    let paths = Arc::new(Mutex::new(Vec::new()));
    let (release, released) = oneshot::channel::<()>();
    let released = Arc::new(Mutex::new(Some(released)));
    let server = {
        let paths = Arc::clone(&paths);
        http2(&certificate, builder, move |mut connection, number| {
            let paths = Arc::clone(&paths);
            let released = released.lock().unwrap().take();
            async move {
                if number > 0 {
                    // A second connection is never answered.
                    std::future::pending::<()>().await;
                }
                let mut released = released;
                while let Some(Ok((request, stream))) = connection.accept().await {
                    paths.lock().unwrap().push(request.uri().path().to_owned());
                    let released = released.take();
                    tokio::spawn(async move {
                        if let Some(released) = released {
                            let _ = released.await;
                        }
                        respond(stream, 200, "[]");
                    });
                }
            }
        })
        .await
    };
    let clients = project(config(&server.https()).root_certificate(certificate.authority.clone()));
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    let first = tokio::spawn(bob.from("first").execute());
    until("the first request", || paths.lock().unwrap().len() == 1).await;
    let second = tokio::spawn(alice.from("second").execute());
    tokio::time::sleep(Duration::from_millis(50)).await;
    alice.close();
    assert!(is_closed(&second.await.unwrap()));
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    bob.from("third").execute().await.unwrap();
    let paths = paths.lock().unwrap().clone();
    assert_eq!(paths, ["/rest/v1/first", "/rest/v1/third"]);
}

#[tokio::test]
async fn close_ends_requests_and_streams_in_progress_with_an_error() {
    let server = Server::start(|mut stream, _| async move {
        while let Some(text) = request(&mut stream).await? {
            if text.contains("/slow") {
                std::future::pending::<()>().await;
            }
            let begun = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin";
            stream.write_all(begun.as_bytes()).await?;
        }
        Ok(())
    })
    .await;
    let clock = ManualClock::at(START);
    let clients = project(config(&server.http()).clock(clock));
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    let slow = tokio::spawn(alice.from("slow").execute());
    let mut streamed = alice
        .request("GET", "rest/v1/begun")
        .stream()
        .await
        .unwrap();
    assert_eq!(&*streamed.next_part().await.unwrap().unwrap(), b"begin");
    until("both connections", || server.connections() == 2).await;
    let of_bob = tokio::spawn(bob.from("slow").execute());
    until("a third connection", || server.connections() == 3).await;
    alice.close();
    assert!(is_closed(&slow.await.unwrap()));
    assert!(is_closed(&streamed.next_part().await.unwrap()));
    assert!(streamed.next_part().await.is_none());
    assert!(!of_bob.is_finished());
}
