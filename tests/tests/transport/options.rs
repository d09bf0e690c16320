//! Proxies, client certificates, default headers, separate connections for each user, and tracing.

use std::sync::{Arc, Mutex};

use scoped_runtime::ClientError;
use scoped_tests::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tracing::Level;

use crate::support::{
    ALICE, BOB, Certificate, EMPTY, Server, always, config, header, project, request,
};

/// A proxy that opens tunnels and records the requests.
async fn proxy(asked: &Arc<Mutex<Vec<String>>>) -> Server {
    let asked = Arc::clone(asked);
    Server::start(move |mut stream, _| {
        let asked = Arc::clone(&asked);
        async move {
            let Some(text) = request(&mut stream).await? else {
                return Ok(());
            };
            let to = text.split(' ').nth(1).unwrap().to_owned();
            let known = header(&text, "proxy-authorization") == Some("Basic bWU6aHVudGVyMg==");
            asked.lock().unwrap().push(text);
            if !known {
                let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
                return stream.write_all(refusal.as_bytes()).await;
            }
            let mut onward = TcpStream::connect(to).await?;
            stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
            tokio::io::copy_bidirectional(&mut stream, &mut onward).await?;
            Ok(())
        }
    })
    .await
}

#[tokio::test]
async fn requests_use_the_proxy_and_errors_hide_its_credentials() {
    let asked = Arc::default();
    let proxy = proxy(&asked).await;
    let certificate = Certificate::new();
    let acceptor = certificate.acceptor("http/1.1");
    let server = Server::start(move |stream, _| {
        let acceptor = acceptor.clone();
        async move { always(&mut acceptor.accept(stream).await?, EMPTY).await }
    })
    .await;
    let through = || {
        config(&server.https())
            .root_certificate(certificate.authority.clone())
            .proxy(proxy.http())
    };
    let known = through()
        .proxy_credentials("me", "hunter2")
        .build()
        .unwrap();
    assert!(!format!("{known:?}").contains("hunter2"));
    let clients = scoped_runtime::ScopedClients::new(known).unwrap();
    let alice = clients.get(ALICE).unwrap();
    alice.from("notes").execute().await.unwrap();
    let first = asked.lock().unwrap()[0].clone();
    let target = format!("CONNECT {} HTTP/1.1\r\n", server.address);
    assert!(first.starts_with(&target), "{first}");
    assert!(!first.contains(crate::support::KEY), "{first}");

    let unknown = project(through().retries(0)).get(ALICE).unwrap();
    let error = unknown.from("notes").execute().await.unwrap_err();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text} {cause}");
        source = cause.source();
    }
    assert!(text.contains("407"), "{text}");

    let wrong = config("https://project.test")
        .proxy("http://me:hunter2@proxy.test")
        .build();
    let error = format!("{:?}", wrong.unwrap_err());
    assert!(
        error.contains("proxy") && !error.contains("hunter2"),
        "{error}"
    );
}

#[tokio::test]
async fn the_client_certificate_is_sent_to_a_server_that_requires_it() {
    let certificate = Certificate::new().asks_clients();
    let (chain, key) = certificate.client();
    let acceptor = certificate.acceptor("http/1.1");
    let server = Server::start(move |stream, _| {
        let acceptor = acceptor.clone();
        async move { always(&mut acceptor.accept(stream).await?, EMPTY).await }
    })
    .await;
    let trusting = || config(&server.https()).root_certificate(certificate.authority.clone());
    let with = project(trusting().client_certificate(chain.clone(), key));
    with.get(ALICE)
        .unwrap()
        .from("notes")
        .execute()
        .await
        .unwrap();
    let without = project(trusting().retries(0)).get(ALICE).unwrap();
    let error = without.from("notes").execute().await.unwrap_err();
    let is_connection = matches!(
        error,
        scoped_runtime::Error::Client(ClientError::Transport { .. })
    );
    assert!(is_connection, "{error}");
    let bad = trusting()
        .client_certificate(chain, "no key")
        .build()
        .unwrap();
    let error = scoped_runtime::ScopedClients::new(bad).unwrap_err();
    assert!(error.to_string().contains("client_certificate"), "{error}");
}

#[tokio::test]
async fn headers_of_a_request_override_the_default_headers() {
    let heads = Arc::<Mutex<Vec<String>>>::default();
    let server = recording(&heads).await;
    let config = config(&server.http())
        .default_header("x-client-info", "jobs/1.0")
        .default_header("user-agent", "jobs");
    let alice = project(config).get(ALICE).unwrap();
    let get = || alice.request("GET", "functions/v1/f");
    get().execute().await.unwrap();
    get()
        .header("x-client-info", "mine")
        .execute()
        .await
        .unwrap();
    let heads = heads.lock().unwrap();
    assert_eq!(header(&heads[0], "x-client-info"), Some("jobs/1.0"));
    assert_eq!(header(&heads[0], "user-agent"), Some("jobs"));
    assert_eq!(header(&heads[1], "x-client-info"), Some("mine"));
}

async fn recording(heads: &Arc<Mutex<Vec<String>>>) -> Server {
    let heads = Arc::clone(heads);
    Server::start(move |mut stream, _| {
        let heads = Arc::clone(&heads);
        async move {
            while let Some(text) = request(&mut stream).await? {
                heads.lock().unwrap().push(text);
                stream.write_all(EMPTY.as_bytes()).await?;
            }
            Ok(())
        }
    })
    .await
}

#[tokio::test]
async fn connections_per_user_gives_each_user_their_own_connection() {
    let server =
        Server::start(|mut stream, _| async move { always(&mut stream, EMPTY).await }).await;
    for (own, connections) in [(false, 1), (true, 2)] {
        let before = server.connections();
        let clients = project(config(&server.http()).connections_per_user(own));
        let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
        for client in [&alice, &bob, &alice, &bob] {
            client.from("notes").execute().await.unwrap();
        }
        assert_eq!(server.connections() - before, connections);
    }
}

#[tokio::test]
async fn idle_connections_are_closed_after_the_idle_timeout() {
    let clock = scoped_tests::ManualClock::at(crate::support::START);
    let ended = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&ended);
    let server = Server::start(move |mut stream, _| {
        let count = Arc::clone(&count);
        async move {
            always(&mut stream, EMPTY).await?;
            let _ = stream.read_u8().await;
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(())
        }
    })
    .await;
    let alice = project(config(&server.http()).clock(clock.clone()))
        .get(ALICE)
        .unwrap();
    alice.from("notes").execute().await.unwrap();
    let ends = || ended.load(std::sync::atomic::Ordering::SeqCst);
    for _ in 0..9 {
        crate::support::pass(&clock, std::time::Duration::from_secs(5)).await;
    }
    alice.from("notes").execute().await.unwrap();
    assert_eq!((server.connections(), ends()), (1, 0));
    for _ in 0..11 {
        crate::support::pass(&clock, std::time::Duration::from_secs(5)).await;
    }
    crate::support::until("the connection's end", || ends() == 1).await;
}

#[tokio::test]
async fn a_request_is_one_span_without_a_secret_or_a_value() {
    let listener = Listener::start(Level::DEBUG);
    let heads = Arc::<Mutex<Vec<String>>>::default();
    let server = recording(&heads).await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let config = config(&server.http()).traceparent(move |span| {
        assert!(span.metadata().is_none_or(|of| of.name() == "request"));
        Some(parent.to_owned())
    });
    let alice = project(config).get(ALICE).unwrap();
    alice
        .from("notes")
        .eq("owner", "a-secret-value")
        .execute()
        .await
        .unwrap();
    assert_eq!(
        header(&heads.lock().unwrap()[0], "traceparent"),
        Some(parent)
    );
    let log = listener.text();
    let line = log.lines().find(|line| line.contains("answered")).unwrap();
    for said in [
        "http.request.method=\"GET\"",
        "server.address=127.0.0.1",
        "http.response.status_code=200",
        "url.path=\"rest/v1/notes\"",
    ] {
        assert!(line.contains(said), "{said} in {line}");
    }
    assert!(
        !log.contains("a-secret-value") && !log.contains("eyJ"),
        "{log}"
    );
}
