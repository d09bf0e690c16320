//! Q23: a PING finds an HTTP/2 connection that died silently, and the connection is replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use scoped_tests::ManualClock;

use crate::support::{ALICE, Certificate, START, config, http2, project, respond, until};

#[tokio::test]
async fn a_silent_http2_connection_is_replaced_after_the_ping_timeout() {
    let certificate = Certificate::new();
    let is_silent = Arc::new(AtomicBool::new(false));
    let server = {
        let is_silent = Arc::clone(&is_silent);
        http2(
            &certificate,
            h2::server::Builder::new(),
            move |mut connection, number| {
                let is_silent = Arc::clone(&is_silent);
                async move {
                    while let Some(Ok((_, stream))) = connection.accept().await {
                        respond(stream, 200, "[]");
                        if number == 0 {
                            // Queued frames are flushed, and then the server neither reads nor writes.
                            let flush = std::future::poll_fn(|cx| connection.poll_closed(cx));
                            let _ = tokio::time::timeout(Duration::from_millis(50), flush).await;
                            is_silent.store(true, Ordering::SeqCst);
                            std::future::pending::<()>().await;
                        }
                    }
                }
            },
        )
        .await
    };
    let clock = ManualClock::at(START);
    let config = config(&server.https())
        .root_certificate(certificate.authority.clone())
        .clock(clock.clone());
    let clients = project(config);
    let alice = clients.get(ALICE).unwrap();
    alice.from("notes").execute().await.unwrap();
    until("silence", || is_silent.load(Ordering::SeqCst)).await;

    let query = tokio::spawn(alice.from("notes").execute());
    // The PING is sent after ten seconds and answered within five; then follows the pause before the retry.
    for _ in 0..16 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(server.connections(), 1);
        clock.pass(Duration::from_secs(1));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.pass(Duration::from_secs(1));
    query.await.unwrap().unwrap();
    assert_eq!(server.connections(), 2);
}
