//! Q22 over HTTP/2: which streams the server did not process (RFC 9113, section 8.7) and what is sent again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::retries::write;
use crate::support::{ALICE, Certificate, Server, config, http2, project, respond, until};

/// Streams that the server did not process are sent again, both reads and writes.
async fn unprocessed(how: Unprocessed) {
    let certificate = Certificate::new();
    let paths = Arc::<Mutex<Vec<String>>>::default();
    let server = {
        let paths = Arc::clone(&paths);
        http2(
            &certificate,
            h2::server::Builder::new(),
            move |mut connection, number| {
                let paths = Arc::clone(&paths);
                async move {
                    let mut count = 0;
                    while let Some(Ok((request, mut stream))) = connection.accept().await {
                        count += 1;
                        if number == 0 && count == 2 {
                            match how {
                                Unprocessed::Refused => {
                                    stream.send_reset(h2::Reason::REFUSED_STREAM);
                                    continue;
                                }
                                Unprocessed::GoneAway => {
                                    connection.abrupt_shutdown(h2::Reason::NO_ERROR);
                                    continue;
                                }
                            }
                        }
                        paths.lock().unwrap().push(request.uri().path().to_owned());
                        respond(stream, 200, "[]");
                    }
                }
            },
        )
        .await
    };
    let config = config(&server.https()).root_certificate(certificate.authority.clone());
    let clients = project(config);
    let alice = clients.get(ALICE).unwrap();
    alice.from("first").execute().await.unwrap();
    let second = alice.from("second").insert(json!({})).execute().await;
    match how {
        Unprocessed::Refused => {
            second.unwrap();
            assert_eq!(
                *paths.lock().unwrap(),
                ["/rest/v1/first", "/rest/v1/second"]
            );
        }
        // The server says that it has processed the stream, so the caller gets the error.
        Unprocessed::GoneAway => assert!(second.is_err()),
    }
    alice.from("third").execute().await.unwrap();
}

#[derive(Clone, Copy)]
enum Unprocessed {
    Refused,
    GoneAway,
}

#[tokio::test]
async fn a_write_on_a_refused_http2_stream_is_sent_again() {
    unprocessed(Unprocessed::Refused).await;
}

#[tokio::test]
async fn after_a_goaway_the_next_request_opens_a_connection() {
    unprocessed(Unprocessed::GoneAway).await;
}

#[tokio::test]
async fn requests_above_the_last_stream_of_a_goaway_are_sent_again() {
    let certificate = Certificate::new();
    let acceptor = certificate.acceptor("h2");
    let connections = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |stream, number| {
        let acceptor = acceptor.clone();
        connections.fetch_add(1, Ordering::SeqCst);
        async move {
            use tokio::io::AsyncReadExt;

            let mut stream = acceptor.accept(stream).await?;
            if number > 0 {
                let mut connection = h2::server::handshake(stream)
                    .await
                    .map_err(std::io::Error::other)?;
                while let Some(Ok((_, stream))) = connection.accept().await {
                    respond(stream, 200, "[]");
                }
                return Ok(());
            }
            // The server is written by hand: SETTINGS, and after the HEADERS a GOAWAY with the last stream
            // 0.
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).await?;
            stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await?;
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).await?;
                let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
                let mut payload = vec![0; length as usize];
                stream.read_exact(&mut payload).await?;
                if head[3] == 1 {
                    break;
                }
            }
            let goaway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            stream.write_all(&goaway).await?;
            stream.shutdown().await
        }
    })
    .await;
    let config = config(&server.https()).root_certificate(certificate.authority.clone());
    let clients = project(config);
    let alice = clients.get(ALICE).unwrap();
    write(&alice).await.unwrap();
    until("a second connection", || server.connections() == 2).await;
}
