//! Q26: one deadline covers the whole request, and the error names the phase that took too long.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scoped_runtime::{ClientError, Error, Phase};
use scoped_tests::ManualClock;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

use crate::support::{
    ALICE, EMPTY, START, Server, answer, config, full_queue, pass, project, request, until,
};

const TWO: Duration = Duration::from_secs(2);

fn timeout(error: &Error) -> (Duration, Phase) {
    match error {
        Error::Client(ClientError::Timeout { after, phase, .. }) => (*after, *phase),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn both_attempts_with_an_expired_token_share_the_deadline() {
    let expired = answer(401, r#"{"code":"PGRST303","message":"JWT expired"}"#);
    let go = Arc::new(Notify::new());
    let count = Arc::new(AtomicUsize::new(0));
    let server = {
        let (go, count) = (Arc::clone(&go), Arc::clone(&count));
        Server::start(move |mut stream, _| {
            let (go, expired, count) = (Arc::clone(&go), expired.clone(), Arc::clone(&count));
            async move {
                while request(&mut stream).await?.is_some() {
                    count.fetch_add(1, Ordering::SeqCst);
                    go.notified().await;
                    stream.write_all(expired.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let clock = ManualClock::at(START);
    let clients = project(
        config(&server.http())
            .clock(clock.clone())
            .request_timeout(TWO),
    );
    let alice = clients.get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    until("the first try", || count.load(Ordering::SeqCst) == 1).await;
    clock.pass(Duration::from_millis(1900));
    go.notify_one();
    until("the second try", || count.load(Ordering::SeqCst) == 2).await;
    assert!(!query.is_finished());
    clock.pass(Duration::from_millis(100));
    let error = query.await.unwrap().unwrap_err();
    assert_eq!(timeout(&error), (TWO, Phase::Response));
}

#[tokio::test]
async fn a_response_body_that_does_not_arrive_ends_at_the_request_timeout() {
    let server = Server::start(|mut stream, _| async move {
        request(&mut stream).await?;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[";
        stream.write_all(head.as_bytes()).await?;
        std::future::pending().await
    })
    .await;
    let clock = ManualClock::at(START);
    let clients = project(
        config(&server.http())
            .clock(clock.clone())
            .request_timeout(TWO),
    );
    let alice = clients.get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    until("a connection", || server.connections() == 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    pass(&clock, TWO).await;
    let error = query.await.unwrap().unwrap_err();
    assert_eq!(timeout(&error), (TWO, Phase::Body));
}

#[tokio::test]
async fn a_tcp_connection_that_is_not_accepted_ends_at_the_connect_timeout() {
    let (listener, _fillers) = full_queue().await;
    let url = format!("http://{}", listener.local_addr().unwrap());
    let clock = ManualClock::at(START);
    let config = config(&url).clock(clock.clone()).connect_timeout(TWO);
    let alice = project(config).get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    pass(&clock, TWO).await;
    let error = query.await.unwrap().unwrap_err();
    assert_eq!(timeout(&error), (TWO, Phase::Connect));
}

#[tokio::test]
async fn a_tls_handshake_that_stalls_ends_at_the_connect_timeout() {
    // The server accepts connections and never answers the handshake.
    let server = Server::start(|stream, _| async move {
        let _stream = stream;
        std::future::pending().await
    })
    .await;
    let clock = ManualClock::at(START);
    let certificate = crate::support::Certificate::new();
    let config = config(&server.https())
        .root_certificate(certificate.authority)
        .clock(clock.clone())
        .connect_timeout(TWO);
    let alice = project(config).get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    until("a connection", || server.connections() == 1).await;
    pass(&clock, TWO).await;
    let error = query.await.unwrap().unwrap_err();
    assert_eq!(timeout(&error), (TWO, Phase::Connect));
}

#[tokio::test]
async fn a_timeout_of_the_signer_names_the_phase_token() {
    use scoped_runtime::{Algorithm, Config, Signer};

    #[derive(Debug)]
    struct Hangs;

    impl Signer for Hangs {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }

        fn key_id(&self) -> &'static str {
            "a"
        }

        async fn sign(
            &self,
            _input: &[u8],
        ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
            std::future::pending().await
        }
    }

    let server =
        Server::start(
            |mut stream, _| async move { crate::support::always(&mut stream, EMPTY).await },
        )
        .await;
    let clock = ManualClock::at(START);
    let config = Config::builder()
        .environment(|_| None)
        .url(server.http())
        .api_key(crate::support::KEY)
        .signer(Hangs)
        .clock(clock.clone())
        .request_timeout(TWO);
    let alice = project(config).get(ALICE).unwrap();
    let query = tokio::spawn(alice.from("notes").execute());
    pass(&clock, TWO).await;
    let error = query.await.unwrap().unwrap_err();
    assert_eq!(timeout(&error), (TWO, Phase::Token));
    assert_eq!(server.connections(), 0);
}
