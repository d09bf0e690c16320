//! Q25 and R11: everything that is received has a limit, and the error names it.

use std::io;
use std::time::Duration;

use scoped_runtime::{CallerError, ClientError, Error, Limits, NoClaims};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::support::{ALICE, Certificate, Server, answer, config, http2, project, request};

/// Writes up to this number of bytes, until the other side stops reading.
async fn pour(stream: &mut (impl AsyncWrite + Unpin), bytes: usize) -> io::Result<()> {
    let block = vec![b'x'; 1 << 16];
    let mut left = bytes;
    while left > 0 {
        let part = left.min(block.len());
        stream.write_all(&block[..part]).await?;
        left -= part;
    }
    Ok(())
}

fn exceeded(error: &Error) -> (&str, usize, &'static str) {
    match error {
        Error::Client(ClientError::LimitExceeded {
            what,
            limit,
            setting,
            ..
        }) => (what, *limit, setting),
        other => panic!("{other}"),
    }
}

const GIGABYTE: usize = 1 << 30;
const HEAD: &str = "the head of the response, if it has no more than 100 headers,";

/// Returns the result and the peak of the additional memory that the closure allocates.
fn measured<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(run()));
    (result.unwrap(), info.bytes_max)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn failing(head: &str, bytes: usize) -> (Error, u64) {
    let head = head.to_owned();
    let servers = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = servers.block_on(Server::start(move |mut stream, _| {
        let head = head.clone();
        async move {
            while request(&mut stream).await?.is_some() {
                stream.write_all(head.as_bytes()).await?;
                pour(&mut stream, bytes).await?;
            }
            Ok(())
        }
    }));
    let clients = project(config(&server.http()).limits(Limits::new().response_bytes(1 << 20)));
    let alice = clients.get(ALICE).unwrap();
    let runtime = runtime();
    let (outcome, peak) = measured(|| runtime.block_on(alice.from("notes").execute()));
    (outcome.unwrap_err(), peak)
}

#[test]
fn a_body_over_response_bytes_is_an_error_without_buffering_it() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n";
    let (error, peak) = failing(announced, GIGABYTE);
    assert_eq!(
        exceeded(&error),
        ("the response", 1 << 20, "response_bytes")
    );
    assert!(peak < 1 << 20, "{peak} bytes");

    let endless = "HTTP/1.1 200 OK\r\n\r\n";
    let (error, peak) = failing(endless, GIGABYTE);
    assert_eq!(
        exceeded(&error),
        ("the response", 1 << 20, "response_bytes")
    );
    assert!(peak < 4 << 20, "{peak} bytes");
}

#[test]
fn an_error_body_over_error_bytes_is_an_error_without_buffering_it() {
    for head in [
        "HTTP/1.1 500 X\r\ncontent-length: 62914560\r\n\r\n",
        "HTTP/1.1 500 X\r\n\r\n",
    ] {
        let (error, peak) = failing(head, 60 << 20);
        let expected = (
            "the body of an error response (500)",
            64 << 10,
            "error_bytes",
        );
        assert_eq!(exceeded(&error), expected);
        assert!(peak < 1 << 20, "{peak} bytes");
    }
}

#[test]
fn headers_over_header_bytes_are_an_error_without_buffering_them() {
    let many = format!("HTTP/1.1 200 OK\r\n{}", "a: b\r\n".repeat(101));
    for head in [
        &*many,
        "HTTP/1.1 200 OK\r\nx: ",
        "HTTP/1.1 200 OK\r\na: b\r\na: b\r\na: b\r\nc: ",
    ] {
        let (error, peak) = failing(head, GIGABYTE);
        assert_eq!(exceeded(&error), (HEAD, 32 << 10, "header_bytes"));
        assert!(peak < 1 << 20, "{peak} bytes");
    }
}

#[tokio::test]
async fn over_http2_a_body_over_response_bytes_keeps_the_connection() {
    let certificate = Certificate::new();
    let server = http2(
        &certificate,
        h2::server::Builder::new(),
        |mut connection, _| async move {
            while let Some(Ok((_, mut stream))) = connection.accept().await {
                let head = http::Response::builder().status(200).body(()).unwrap();
                let mut body = stream.send_response(head, false).unwrap();
                tokio::spawn(async move {
                    let block = bytes::Bytes::from(vec![b'x'; 1 << 14]);
                    for _ in 0..1 << 16 {
                        body.reserve_capacity(block.len());
                        let capacity = std::future::poll_fn(|cx| body.poll_capacity(cx)).await;
                        if !matches!(capacity, Some(Ok(_))) {
                            return;
                        }
                        if body.send_data(block.clone(), false).is_err() {
                            return;
                        }
                    }
                });
            }
        },
    )
    .await;
    let config = config(&server.https())
        .root_certificate(certificate.authority.clone())
        .limits(Limits::new().response_bytes(1 << 20))
        .retries(0);
    let alice = project(config).get(ALICE).unwrap();
    for _ in 0..2 {
        let error = alice.from("notes").execute().await.unwrap_err();
        assert_eq!(
            exceeded(&error),
            ("the response", 1 << 20, "response_bytes")
        );
    }
    assert_eq!(
        server.connections(),
        1,
        "the other streams keep their connection"
    );
}

#[tokio::test]
async fn a_key_set_has_a_limit_of_bytes_and_of_keys() {
    let key = r#"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"#;
    let keys: Vec<String> = (0..20_000)
        .map(|number| format!("{key}\"{number}\"}}"))
        .collect();
    let many = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    let few = format!(r#"{{"keys":[{}]}}"#, keys[..101].join(","));
    let large = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(50 << 20));
    for (set, limits, said) in [
        (&many, Limits::new(), "key_set_bytes"),
        (&large, Limits::new(), "key_set_bytes"),
        (&few, Limits::new(), "101 keys, over the limit of 100"),
        (&many, Limits::new().key_set_bytes(8 << 20), "20000 keys"),
    ] {
        let set = answer(200, set);
        let server = Server::start(move |mut stream, _| {
            let set = set.clone();
            async move { crate::support::always(&mut stream, &set).await }
        })
        .await;
        let verifier = config(&server.http()).limits(limits).verifier().unwrap();
        let token = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let verifying = verifier.verify::<NoClaims>(token);
        let outcome = tokio::time::timeout(Duration::from_secs(5), verifying)
            .await
            .unwrap();
        let CallerError::KeysUnavailable { source, .. } = outcome.unwrap_err() else {
            panic!("expected that the keys are unavailable");
        };
        assert!(source.to_string().contains(said), "{source}");
    }
}
