//! The bytes that we send, as far as we decide them. `tests/unify` runs this file again, while another
//! crate of the program enables every feature of `reqwest`, `rustls` and `hyper`: the bytes have to be the
//! same.

use std::sync::{Arc, Mutex};

use scoped_runtime::{Config, ScopedClients};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;

const ALICE: &str = "00000000-0000-4000-8000-00000000000a";

fn project(url: &str) -> ScopedClients {
    let config = Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256")
        .retries(0);
    ScopedClients::new(config.build().unwrap()).unwrap()
}

/// A server that gives this response and keeps the heads of the requests.
async fn server(answer: &'static [u8]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heads = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&heads);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            serve(stream, answer, &kept).await;
        }
    });
    (url, heads)
}

async fn serve(mut stream: TcpStream, answer: &[u8], heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            let text = String::from_utf8(std::mem::take(&mut head)).unwrap();
            heads.lock().unwrap().push(text);
            stream.write_all(answer).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_request_has_these_headers_and_no_others() {
    let (url, heads) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").await;
    let alice = project(&url).get(ALICE).unwrap();
    alice
        .request("GET", "functions/v1/f")
        .execute()
        .await
        .unwrap();
    let heads = heads.lock().unwrap();
    let lines: Vec<&str> = heads[0].lines().collect();
    assert_eq!(lines[0], "GET /functions/v1/f HTTP/1.1");
    let mut names: Vec<&str> = lines[1..]
        .iter()
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["accept", "apikey", "authorization", "host", "user-agent"]
    );
}

#[tokio::test]
async fn a_compressed_body_is_returned_unchanged() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nset-cookie: a=b\r\ncontent-length: 4\r\n\r\nzzzz";
    let (url, heads) = server(answer).await;
    let alice = project(&url).get(ALICE).unwrap();
    for _ in 0..2 {
        let response = alice
            .request("GET", "functions/v1/f")
            .execute()
            .await
            .unwrap();
        assert_eq!(response.bytes(), b"zzzz");
        assert_eq!(response.header("content-encoding"), Some("gzip"));
    }
    assert!(!heads.lock().unwrap()[1].contains("cookie"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer = b"HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/x\r\ncontent-length: 0\r\n\r\n";
    let (url, heads) = server(answer).await;
    let alice = project(&url).get(ALICE).unwrap();
    let error = alice
        .request("GET", "functions/v1/f")
        .execute()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("redirects"), "{error}");
    assert_eq!(heads.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_tls_client_hello_has_these_parameters() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let hello = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let handshake = LazyConfigAcceptor::new(Acceptor::default(), stream)
            .await
            .unwrap();
        let hello = handshake.client_hello();
        let groups = hello.named_groups().unwrap();
        (
            hello
                .alpn()
                .unwrap()
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>(),
            hello
                .cipher_suites()
                .iter()
                .map(|suite| u16::from(*suite))
                .collect::<Vec<_>>(),
            groups
                .iter()
                .map(|group| u16::from(*group))
                .collect::<Vec<_>>(),
            hello.signature_schemes().len(),
            hello.server_cert_types().is_none(),
        )
    });
    // The project has its own certificate authority, so the machine does not need any certificates.
    let config = Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256")
        .root_certificate(AUTHORITY)
        .retries(0);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let alice = clients.get(ALICE).unwrap();
    alice.from("notes").execute().await.unwrap_err();
    let (alpn, suites, groups, schemes, no_types) = hello.await.unwrap();
    assert_eq!(alpn, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    let expected = [
        0x1302, 0x1301, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0x00ff,
    ];
    assert_eq!(suites, expected, "{suites:04x?}");
    assert_eq!(groups, [0x001d, 0x11ec, 0x0017, 0x0018], "{groups:04x?}");
    assert_eq!((schemes, no_types), (SCHEMES, true));
}

const SCHEMES: usize = 13;

/// A certificate authority whose key no longer exists.
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBfzCCASWgAwIBAgIUJ82KRe98QJ7h2J/d4LFoxu617x0wCgYIKoZIzj0EAwIw\n\
    FDESMBAGA1UEAwwJdW5jaGFuZ2VkMCAXDTI2MTEyODIwMzUwN1oYDzIxMjYxMTA0\n\
    MjAzNTA3WjAUMRIwEAYDVQQDDAl1bmNoYW5nZWQwWTATBgcqhkjOPQIBBggqhkjO\n\
    PQMBBwNCAAS3SBb56J8+5TTREbX/KwUM/HbfpOPME4CaQTOpGrmY0bHC6XVoHaN5\n\
    pVNLcInVn6Q8vMD8HbflWpz5EwkZ6D8mo1MwUTAdBgNVHQ4EFgQU/OBa6S+VvOeU\n\
    WAytCsvLpjY6oqAwHwYDVR0jBBgwFoAU/OBa6S+VvOeUWAytCsvLpjY6oqAwDwYD\n\
    VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAhEuKT1knLgLjOt/Fybgg\n\
    purhIRVdJs5VGucZ0a9Na2sCIBmR7c0DPIM0veVpxtAQO2tmhtk3cpk5K5WlsmVM\n\
    PSGE\n\
    -----END CERTIFICATE-----\n";
