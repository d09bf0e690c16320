//! However requests end, no response reaches another user.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use scoped_runtime::ScopedClients;
use scoped_tests::Random;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::retries::reset;
use crate::support::{
    Certificate, Http2Connection, Server, answer, claims, config, header, http2, project, request,
    respond,
};

const USERS: u64 = 500;
const ROUNDS: u64 = 12;

/// Every user sends many requests, drops some of them, and checks that every response belongs to them.
async fn crowd(clients: ScopedClients, dice: Arc<Random>) -> (usize, usize) {
    let (answered, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let users = (0..USERS).map(|user| {
        let (clients, dice) = (clients.clone(), Arc::clone(&dice));
        let (answered, failed) = (Arc::clone(&answered), Arc::clone(&failed));
        tokio::spawn(async move {
            let user = format!("00000000-0000-4000-8000-{user:012x}");
            let client = clients.get(&*user).unwrap();
            for round in 0..ROUNDS {
                let table = format!("t{round}");
                let patience = match dice.roll(4) {
                    0 => Duration::from_micros(dice.roll(3000)),
                    _ => Duration::from_secs(20),
                };
                let query = client.from(&table).execute();
                match tokio::time::timeout(patience, query).await {
                    Ok(Ok(response)) => {
                        assert_eq!(response.text(), format!("\"{user} {table}\""));
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(Err(_)) | Err(_) => {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        })
    });
    for user in users.collect::<Vec<_>>() {
        user.await.unwrap();
    }
    (
        answered.load(Ordering::Relaxed),
        failed.load(Ordering::Relaxed),
    )
}

/// Returns a body that names the user and the table of the request.
fn echo(bearer: &str, path: &str) -> String {
    let user = claims(bearer)["sub"].as_str().unwrap().to_owned();
    let table = path.rsplit('/').next().unwrap().split('?').next().unwrap();
    format!("\"{user} {table}\"")
}

pub(crate) async fn misbehave(stream: &mut TcpStream, dice: &Random) -> io::Result<()> {
    while let Some(text) = request(stream).await? {
        let path = text.split(' ').nth(1).unwrap();
        let whole = answer(200, &echo(header(&text, "authorization").unwrap(), path));
        match dice.roll(20) {
            0 => return Ok(()),
            1 => return stream.write_all(&whole.as_bytes()[..whole.len() / 2]).await,
            2 => {
                // The response is sent twice in one packet.
                stream.write_all(whole.repeat(2).as_bytes()).await?;
            }
            3 => {
                tokio::time::sleep(Duration::from_millis(dice.roll(30))).await;
                stream.write_all(whole.as_bytes()).await?;
            }
            4 => {
                let (first, second) = whole.as_bytes().split_at(whole.len() - 5);
                stream.write_all(first).await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
                stream.write_all(second).await?;
            }
            5 => {
                stream.write_all(whole.as_bytes()).await?;
                return stream.shutdown().await;
            }
            6 => return reset(stream),
            _ => stream.write_all(whole.as_bytes()).await?,
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_response_reaches_another_user_over_http1() {
    let dice = Arc::new(Random::new(1));
    let rolls = Arc::clone(&dice);
    let server = Server::start(move |mut stream, _| {
        let dice = Arc::clone(&rolls);
        async move { misbehave(&mut stream, &dice).await }
    })
    .await;
    let (answered, failed) = crowd(project(config(&server.http())), dice).await;
    assert!(answered > 3000, "{answered} answered, {failed} not");
}

pub(crate) async fn misbehave_http2(mut connection: Http2Connection, dice: Arc<Random>) {
    while let Some(Ok((request, mut stream))) = connection.accept().await {
        let bearer = request.headers()["authorization"].to_str().unwrap();
        let body = echo(bearer, request.uri().path());
        match dice.roll(600) {
            0..=3 => connection.graceful_shutdown(),
            // This ends up to fifty requests at once.
            4 => {
                connection.abrupt_shutdown(h2::Reason::INTERNAL_ERROR);
                continue;
            }
            5..=20 => {
                stream.send_reset(h2::Reason::REFUSED_STREAM);
                continue;
            }
            21..=30 => {
                stream.send_reset(h2::Reason::INTERNAL_ERROR);
                continue;
            }
            31..=40 => {
                let head = http::Response::builder().body(()).unwrap();
                if let Ok(mut cut) = stream.send_response(head, false) {
                    let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
                    let _ = cut.send_data(half, false);
                    cut.send_reset(h2::Reason::INTERNAL_ERROR);
                }
                continue;
            }
            _ => {}
        }
        let delay = dice.roll(8);
        tokio::spawn(async move {
            if delay > 5 {
                tokio::time::sleep(Duration::from_millis(delay)).await;
            }
            respond(stream, 200, &body);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_response_reaches_another_user_over_http2() {
    let dice = Arc::new(Random::new(2));
    let certificate = Certificate::new();
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(50);
    let rolls = Arc::clone(&dice);
    let server = http2(&certificate, builder, move |connection, _| {
        misbehave_http2(connection, Arc::clone(&rolls))
    })
    .await;
    let config = config(&server.https()).root_certificate(certificate.authority.clone());
    let (answered, failed) = crowd(project(config), dice).await;
    assert!(answered > 3000, "{answered} answered, {failed} not");
}
