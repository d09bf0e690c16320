//! Hostile requests to both services over raw sockets: what no HTTP client sends.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::verify::support::ALICE;
use crate::web::world::World;

const BOB: &str = "00000000-0000-4000-8000-00000000000b";

/// Sends bytes on one connection and returns all that the service answers until it closes the connection.
async fn exchange(url: &str, bytes: &[u8]) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A service may close the connection before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of the responses on one connection.
fn statuses(answers: &str) -> Vec<&str> {
    let heads = answers.split("HTTP/1.1 ").skip(1);
    heads.map(|head| &head[..3]).collect()
}

fn request(path: &str, headers: &[u8]) -> Vec<u8> {
    let mut bytes = format!("GET {path} HTTP/1.1\r\nhost: service\r\n").into_bytes();
    bytes.extend_from_slice(headers);
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes
}

#[tokio::test]
async fn an_authorization_header_that_can_be_read_in_two_ways_gets_in_nowhere() {
    let world = World::new().await;
    let alice = world.token(&json!({}));
    let bob = world.token(&json!({ "sub": BOB }));
    let long = "a".repeat(20_000);
    for (name, headers) in [
        (
            "two headers",
            format!("authorization: Bearer {alice}\r\nauthorization: Bearer {bob}\r\n")
                .into_bytes(),
        ),
        (
            "two spellings of the name",
            format!("Authorization: Bearer {alice}\r\nAUTHORIZATION: Bearer {alice}\r\n")
                .into_bytes(),
        ),
        (
            "two tokens in one header",
            format!("authorization: Bearer {alice}, Bearer {bob}\r\n").into_bytes(),
        ),
        (
            "a folded header",
            format!("authorization: Bearer\r\n {alice}\r\n").into_bytes(),
        ),
        (
            "a tab for the blank",
            format!("authorization: Bearer\t{alice}\r\n").into_bytes(),
        ),
        (
            "a blank before the colon",
            format!("authorization : Bearer {alice}\r\n").into_bytes(),
        ),
        (
            "bytes that are not UTF-8",
            [b"authorization: Bearer \xff\xfe", alice.as_bytes(), b"\r\n"].concat(),
        ),
        (
            "NUL",
            [b"authorization: Bearer \0", alice.as_bytes(), b"\r\n"].concat(),
        ),
        (
            "a carriage return in the token",
            format!(
                "authorization: Bearer {}\r{}\r\n",
                &alice[..20],
                &alice[20..]
            )
            .into_bytes(),
        ),
        (
            "a token of 20,000 bytes",
            format!("authorization: Bearer {long}\r\n").into_bytes(),
        ),
    ] {
        for (framework, url) in world.services() {
            for path in ["/caller", "/optional", "/minted", "/layer"] {
                let answer = exchange(url, &request(path, &headers)).await;
                let status = statuses(&answer);
                assert!(
                    !status.contains(&"200"),
                    "{framework}, {path}, {name}: {answer}"
                );
                assert!(!answer.contains(ALICE) && !answer.contains(BOB), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn requests_in_one_packet_are_each_of_their_own_caller() {
    let world = World::new().await;
    let header = |token: String| format!("authorization: Bearer {token}\r\n");
    let alice = header(world.token(&json!({})));
    let bob = header(world.token(&json!({ "sub": BOB })));
    let bytes = format!(
        "GET /caller HTTP/1.1\r\nhost: service\r\n{alice}\r\n\
         GET /caller HTTP/1.1\r\nhost: service\r\n\r\n\
         GET /caller HTTP/1.1\r\nhost: service\r\n{bob}\r\n\
         GET /caller HTTP/1.1\r\nhost: service\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n"
    );
    for (framework, url) in world.services() {
        let answers = exchange(url, bytes.as_bytes()).await;
        assert_eq!(
            statuses(&answers),
            ["200", "401", "200", "401"],
            "{framework}: {answers}"
        );
        let (first, second) = (answers.find(ALICE).unwrap(), answers.find(BOB).unwrap());
        assert!(first < second, "{framework}: {answers}");
        assert_eq!(answers.matches(ALICE).count(), 1, "{framework}: {answers}");
    }
}

#[tokio::test]
async fn a_body_is_never_a_second_request_of_the_caller() {
    let world = World::new().await;
    let alice = world.token(&json!({}));
    let inner = "GET /caller HTTP/1.1\r\nhost: service\r\n\r\n";
    for framing in [
        format!("content-length: {}\r\n", inner.len()),
        format!(
            "content-length: {}\r\ntransfer-encoding: chunked\r\n",
            inner.len()
        ),
        "content-length: 0\r\ncontent-length: 5\r\n".to_owned(),
    ] {
        let bytes = format!(
            "GET /caller HTTP/1.1\r\nhost: service\r\nauthorization: Bearer {alice}\r\n\
             {framing}connection: close\r\n\r\n{inner}"
        );
        for (framework, url) in world.services() {
            let answers = exchange(url, bytes.as_bytes()).await;
            let accepted = statuses(&answers);
            let accepted = accepted.iter().filter(|status| **status == "200");
            assert!(accepted.count() <= 1, "{framework}, {framing}: {answers}");
        }
    }
}
