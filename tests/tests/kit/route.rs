//! `LocalSupabase` with servers of the test's own behind its gateway.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use scoped_runtime::ScopedClients;
use scoped_runtime::testing::LocalSupabase;

use crate::support::{ALICE, SHOP};

/// What does not come within this time does not come.
const LIMIT: Duration = Duration::from_secs(30);

/// A server that hands out its connections.
fn listen() -> (String, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, connections) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let connection = connection.unwrap();
            connection.set_read_timeout(Some(LIMIT)).unwrap();
            sender.send(connection).unwrap();
        }
    });
    (url, connections)
}

/// Reads until `end` has come.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with(end) {
        stream.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    text
}

fn connect(server: &LocalSupabase) -> TcpStream {
    let stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

fn token(server: &LocalSupabase) -> String {
    let clients = ScopedClients::new(server.config().unwrap()).unwrap();
    let token = clients.get(ALICE).unwrap().token().unwrap();
    token.expose_secret().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_below_a_prefix_reach_the_servers_of_the_test() {
    let (url, connections) = listen();
    let (longer, of_longer) = listen();
    let server = LocalSupabase::with(SHOP)
        .route("/functions/v1", &url)
        .route("/functions/v1/other", &longer)
        .await
        .unwrap();
    let (key, token) = (server.api_key(), token(&server));
    let head = |path: &str, token: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: project.test\r\napikey: {key}\r\nx-mine: 1\r\n\
             authorization: Bearer {token}\r\ntransfer-encoding: chunked\r\n\r\n"
        )
    };

    // Both bodies are streamed: each part arrives before the next one is sent.
    let mut client = connect(&server);
    client
        .write_all(head("/functions/v1/hello?a=%20b", &token).as_bytes())
        .unwrap();
    let mut upstream = connections.recv_timeout(LIMIT).unwrap();
    let request = read_until(&mut upstream, "\r\n\r\n").to_lowercase();
    assert!(
        request.starts_with("post /functions/v1/hello?a=%20b http/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("host: project.test\r\n"), "{request}");
    assert!(
        request.contains(&format!(
            "authorization: bearer {}\r\n",
            token.to_lowercase()
        )),
        "{request}"
    );
    assert!(
        request.contains(&format!("apikey: {key}\r\n")) && request.contains("x-mine: 1\r\n"),
        "{request}"
    );
    client.write_all(b"3\r\none\r\n").unwrap();
    assert_eq!(read_until(&mut upstream, "one\r\n"), "3\r\none\r\n");
    upstream
        .write_all(b"HTTP/1.1 207 Fine\r\ntransfer-encoding: chunked\r\nx-theirs: 2\r\n\r\n")
        .unwrap();
    let answer = read_until(&mut client, "\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 207 Fine\r\n") && answer.contains("x-theirs: 2\r\n"),
        "{answer}"
    );
    upstream.write_all(b"3\r\ntwo\r\n").unwrap();
    assert_eq!(read_until(&mut client, "two\r\n"), "3\r\ntwo\r\n");
    client.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(read_until(&mut upstream, "0\r\n\r\n"), "0\r\n\r\n");
    upstream.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(read_until(&mut client, "0\r\n\r\n"), "0\r\n\r\n");

    // The longest prefix counts.
    let mut client = connect(&server);
    client
        .write_all(head("/functions/v1/other/x", &token).as_bytes())
        .unwrap();
    let mut upstream = of_longer.recv_timeout(LIMIT).unwrap();
    assert!(read_until(&mut upstream, "\r\n\r\n").starts_with("POST /functions/v1/other/x "));

    // A token of another project, an expired one or none of its form does not get through, nor does another API key.
    let refused = |request: String| {
        let mut client = connect(&server);
        client.write_all(request.as_bytes()).unwrap();
        let answer = read_until(&mut client, "}");
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        answer
    };
    let changed = format!("{}x", token.trim_end_matches(char::is_alphanumeric));
    assert!(refused(head("/functions/v1/hello", &changed)).contains("Invalid JWT"));
    assert!(refused(head("/functions/v1/hello", "a.b")).contains("Invalid JWT"));
    let without = head("/functions/v1/hello", &token).replace(key, "sb_publishable_other");
    assert!(refused(without).contains("Invalid API key"));
    assert!(connections.try_recv().is_err() && of_longer.try_recv().is_err());

    // A path that only looks alike is not below the prefix.
    let mut client = connect(&server);
    client
        .write_all(head("/functions/v1x", &token).as_bytes())
        .unwrap();
    client.write_all(b"0\r\n\r\n").unwrap();
    read_until(&mut client, "\r\n\r\n");
    assert!(connections.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_needs_the_api_key_and_no_token() {
    let (url, connections) = listen();
    let server = LocalSupabase::with(SHOP)
        .route("/realtime/v1", &url)
        .await
        .unwrap();
    let ask = |key: &str, more: &str| {
        let mut client = connect(&server);
        let request = format!(
            "GET /realtime/v1/websocket?apikey={key}&vsn=2.0.0 HTTP/1.1\r\nhost: project.test\r\n\
             connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: AAAA\r\n{more}\r\n"
        );
        client.write_all(request.as_bytes()).unwrap();
        client
    };
    let mut client = ask(server.api_key(), "");
    let mut upstream = connections.recv_timeout(LIMIT).unwrap();
    let request = read_until(&mut upstream, "\r\n\r\n");
    let first = format!(
        "GET /realtime/v1/websocket?apikey={}&vsn=2.0.0 HTTP/1.1\r\n",
        server.api_key()
    );
    assert!(request.starts_with(&first), "{request}");
    assert!(
        request.contains("sec-websocket-key: AAAA\r\n")
            && request.contains("upgrade: websocket\r\n"),
        "{request}"
    );
    upstream
        .write_all(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n")
        .unwrap();
    assert!(read_until(&mut client, "\r\n\r\n").starts_with("HTTP/1.1 101 "));
    client.write_all(b"ping.").unwrap();
    assert_eq!(read_until(&mut upstream, "."), "ping.");
    upstream.write_all(b"pong.").unwrap();
    assert_eq!(read_until(&mut client, "."), "pong.");
    // The end of one side is the end of the other.
    drop(client);
    assert_eq!(upstream.read(&mut [0]).unwrap(), 0);

    for (key, more) in [
        ("", ""),
        ("sb_publishable_other", ""),
        (server.api_key(), "authorization: Bearer a.b.c\r\n"),
    ] {
        let mut client = ask(key, more);
        assert!(
            read_until(&mut client, "\r\n\r\n").starts_with("HTTP/1.1 401 "),
            "{key} {more}"
        );
    }
    assert!(connections.try_recv().is_err());
}
