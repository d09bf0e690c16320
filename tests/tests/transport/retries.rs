//! Q22: which requests are sent again, on which connection, and which are not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::{ClientError, Error, ScopedClient};
use scoped_tests::ManualClock;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{
    ALICE, EMPTY, START, Server, answer, claims, config, header, pass, project, request, until,
};

/// Starts a server that gives these responses in order (`None` for a reset) over any number of connections.
/// Returns it with the number of requests.
pub(crate) async fn in_order(
    answers: &'static [Option<&'static str>],
) -> (Server, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let server = Server::start(move |mut stream, _| {
        let seen = Arc::clone(&seen);
        async move {
            while request(&mut stream).await?.is_some() {
                let number = seen.fetch_add(1, Ordering::SeqCst);
                match answers.get(number).copied().unwrap_or(Some(EMPTY)) {
                    Some(answer) => stream.write_all(answer.as_bytes()).await?,
                    None => return reset(&stream),
                }
            }
            Ok(())
        }
    })
    .await;
    (server, count)
}

pub(crate) fn reset(stream: &TcpStream) -> std::io::Result<()> {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

pub(crate) async fn write(alice: &ScopedClient) -> Result<scoped_runtime::Response, Error> {
    alice
        .from("notes")
        .insert(json!({ "id": 1 }))
        .execute()
        .await
}

fn is_connection<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Client(ClientError::Transport { .. })))
}

#[tokio::test]
async fn a_write_is_not_sent_on_an_idle_connection_that_was_closed() {
    let server = Server::start(|mut stream, _| async move {
        request(&mut stream).await?;
        stream.write_all(EMPTY.as_bytes()).await
    })
    .await;
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    for number in 0..20 {
        write(&alice).await.unwrap();
        assert_eq!(server.connections(), number + 1);
        // The server has closed the connection, but the runtime has not been polled since.
        std::thread::sleep(Duration::from_millis(2));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn after_a_lost_connection_a_read_is_sent_again_and_a_write_is_not() {
    let (server, count) = in_order(&[Some(EMPTY), None, Some(EMPTY), None]).await;
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    write(&alice).await.unwrap();
    alice.from("notes").execute().await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let outcome = write(&alice).await;
    assert!(is_connection(&outcome), "{outcome:?}");
    assert_eq!(
        count.load(Ordering::SeqCst),
        4,
        "a byte of the write had been sent"
    );
}

#[tokio::test]
async fn a_read_whose_response_is_cut_off_is_sent_again() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[";
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let server = Server::start(move |mut stream, number| {
        let seen = Arc::clone(&seen);
        async move {
            while request(&mut stream).await?.is_some() {
                seen.fetch_add(1, Ordering::SeqCst);
                if number == 0 {
                    return stream.write_all(cut.as_bytes()).await;
                }
                stream.write_all(EMPTY.as_bytes()).await?;
            }
            Ok(())
        }
    })
    .await;
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    let rows: Vec<serde_json::Value> = alice.from("notes").fetch().await.unwrap();
    assert!(rows.is_empty());
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn after_a_503_a_read_is_sent_again_and_a_write_is_not() {
    const BUSY: Option<&str> = Some("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n");
    let (server, count) = in_order(&[BUSY, BUSY, Some(EMPTY), BUSY]).await;
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    alice.from("notes").execute().await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let error = write(&alice).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(api) if api.status() == 503),
        "{error}"
    );
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn retries_are_limited_by_number_budget_and_deadline() {
    let busy = answer(503, "{}");
    let count = Arc::new(AtomicUsize::new(0));
    let server = {
        let seen = Arc::clone(&count);
        Server::start(move |mut stream, _| {
            let (seen, busy) = (Arc::clone(&seen), busy.clone());
            async move {
                while request(&mut stream).await?.is_some() {
                    seen.fetch_add(1, Ordering::SeqCst);
                    stream.write_all(busy.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let url = server.http();
    let none = project(config(&url).retries(0)).get(ALICE).unwrap();
    none.from("notes").execute().await.unwrap_err();
    assert_eq!(count.swap(0, Ordering::SeqCst), 1);
    let two = project(config(&url)).get(ALICE).unwrap();
    two.from("notes").execute().await.unwrap_err();
    assert_eq!(count.swap(0, Ordering::SeqCst), 3);
    // The budget keeps many failing requests from being sent three times each.
    let requests = (0..200).map(|_| two.from("notes").execute());
    futures_util::future::join_all(requests).await;
    let sent = count.swap(0, Ordering::SeqCst);
    assert!((200..=250).contains(&sent), "{sent}");
    // A retry does not begin if its pause would end after the deadline.
    let clock = ManualClock::at(START);
    let brief = config(&url)
        .clock(clock)
        .request_timeout(Duration::from_millis(10));
    let brief = project(brief).get(ALICE).unwrap();
    let error = brief.from("notes").execute().await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(api) if api.status() == 503),
        "{error}"
    );
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_retry_carries_a_fresh_token_if_the_first_one_is_due_by_then() {
    let ids = Arc::<Mutex<Vec<String>>>::default();
    let server = {
        let ids = Arc::clone(&ids);
        Server::start(move |mut stream, _| {
            let ids = Arc::clone(&ids);
            async move {
                while let Some(request) = request(&mut stream).await? {
                    let token = claims(header(&request, "authorization").unwrap());
                    let count = {
                        let mut ids = ids.lock().unwrap();
                        ids.push(token["jti"].as_str().unwrap().to_owned());
                        ids.len()
                    };
                    let busy = answer(503, "{}");
                    let answer = if count == 1 { &*busy } else { EMPTY };
                    stream.write_all(answer.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let clock = ManualClock::at(START);
    let config = config(&server.http())
        .clock(clock.clone())
        .request_timeout(Duration::from_hours(1));
    let alice = project(config)
        .user(ALICE)
        .expires_in(Duration::from_mins(1))
        .client()
        .unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    until("the first try was answered", || {
        ids.lock().unwrap().len() == 1
    })
    .await;
    // The pause before the next try is shorter than this, and the token has ended when it is over.
    pass(&clock, Duration::from_mins(2)).await;
    query.await.unwrap().unwrap();
    let ids = ids.lock().unwrap();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}
