//! Q25 over HTTP/2: the size of the response headers has a limit, and the error names it. The frames are
//! written by hand (RFC 9113, section 6; RFC 7541, section 6).

use std::io;

use scoped_runtime::{ClientError, Error};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::support::{ALICE, Certificate, Server, config, project};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const LARGEST: usize = 1 << 14;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Encodes a header block as a HEADERS frame and the necessary CONTINUATION frames. The last frame ends the
/// block if `is_whole` is true.
fn head(stream: u32, block: &[u8], is_whole: bool) -> Vec<u8> {
    let parts: Vec<&[u8]> = block.chunks(LARGEST).collect();
    let mut frames = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let kind = if index == 0 { HEADERS } else { CONTINUATION };
        let is_last = is_whole && index + 1 == parts.len();
        frames.extend(frame(
            kind,
            if is_last { END_HEADERS } else { 0 },
            stream,
            part,
        ));
    }
    frames
}

/// Encodes the length of a text with a prefix of seven bits, and the text (RFC 7541, sections 5.1 and 5.2).
fn text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    match text.len().checked_sub(127) {
        None => bytes.push(u8::try_from(text.len()).unwrap()),
        Some(mut rest) => {
            bytes.push(127);
            while rest >= 128 {
                bytes.push(u8::try_from(rest % 128).unwrap() | 128);
                rest /= 128;
            }
            bytes.push(u8::try_from(rest).unwrap());
        }
    }
    bytes.extend(text.bytes());
    bytes
}

/// Encodes a header field that is not indexed (`0`), or that becomes the newest entry of the dynamic table
/// (`0x40`).
fn field(kind: u8, name: &str, value: &str) -> Vec<u8> {
    [vec![kind], text(name), text(value)].concat()
}

/// `:status: 200` of the static table.
const OK: [u8; 1] = [0x88];
/// The newest entry of the dynamic table, which has the index 62.
const AGAIN: [u8; 1] = [0xbe];

/// Returns the stream of the next request; `None` at the end of the connection.
async fn next(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<Option<u32>> {
    loop {
        let mut start = [0; 9];
        if stream.read_exact(&mut start).await.is_err() {
            return Ok(None);
        }
        let length = u32::from_be_bytes([0, start[0], start[1], start[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await?;
        match start[3] {
            SETTINGS if start[4] == 0 => stream.write_all(&frame(SETTINGS, 1, 0, &[])).await?,
            HEADERS => {
                let id = [start[5], start[6], start[7], start[8]];
                return Ok(Some(u32::from_be_bytes(id)));
            }
            _ => {}
        }
    }
}

/// Answers the first request of each connection with this header block, and the others with `[]`.
async fn server(certificate: &Certificate, block: Vec<u8>, is_whole: bool) -> Server {
    let acceptor = certificate.acceptor("h2");
    Server::start(move |stream, _| {
        let (acceptor, block) = (acceptor.clone(), block.clone());
        async move {
            let mut stream = acceptor.accept(stream).await?;
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).await?;
            stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
            let mut is_first = true;
            while let Some(id) = next(&mut stream).await? {
                if std::mem::take(&mut is_first) {
                    stream.write_all(&head(id, &block, is_whole)).await?;
                } else {
                    stream.write_all(&head(id, &OK, true)).await?;
                    let body = frame(DATA, END_STREAM, id, b"[]");
                    stream.write_all(&body).await?;
                }
            }
            Ok(())
        }
    })
    .await
}

/// Sends two reads to such a server and returns what the first error names, and the number of connections.
async fn said(block: Vec<u8>, is_whole: bool) -> (String, usize) {
    let certificate = Certificate::new();
    let server = server(&certificate, block, is_whole).await;
    let config = config(&server.https()).root_certificate(certificate.authority);
    let alice = project(config.retries(0)).get(ALICE).unwrap();
    let error = alice.from("notes").execute().await.unwrap_err();
    let Error::Client(ClientError::LimitExceeded {
        what,
        limit,
        setting,
        ..
    }) = error
    else {
        panic!("{error}");
    };
    assert_eq!((limit, setting), (32 << 10, "header_bytes"));
    if is_whole {
        let _ = alice.from("notes").execute().await;
    }
    (what, server.connections())
}

const OWN: &str = "the head of the response, unless it is malformed,";
const OF_CONNECTION: &str = "the head of a response over the same HTTP/2 connection";

#[tokio::test]
async fn over_http2_too_many_headers_are_an_error_and_the_connection_stays() {
    let mut block = OK.to_vec();
    for number in 0..1000 {
        block.extend(field(0, &format!("x-{number}"), "y"));
    }
    assert_eq!(said(block, true).await, (OWN.to_owned(), 1));
}

#[tokio::test]
async fn over_http2_a_large_header_is_an_error_and_the_connection_stays() {
    let block = [&OK[..], &field(0, "x", &"y".repeat(33 << 10))].concat();
    assert_eq!(said(block, true).await, (OWN.to_owned(), 1));
}

#[tokio::test]
async fn over_http2_headers_that_expand_past_the_limit_end_the_connection() {
    let large = field(0x40, "x", &"y".repeat(4000));
    let block = [&OK[..], &large, &AGAIN.repeat(10_000)].concat();
    assert_eq!(said(block, true).await, (OF_CONNECTION.to_owned(), 2));
}

#[tokio::test]
async fn over_http2_a_header_block_without_an_end_ends_the_connection() {
    let mut block = OK.to_vec();
    for number in 0..100_000 {
        block.extend(field(0, &format!("x-{number}"), "y"));
    }
    assert_eq!(said(block, false).await.0, OF_CONNECTION);
    let block = [&OK[..], &field(0, "x", &"y".repeat(1 << 20))].concat();
    assert_eq!(said(block, false).await.0, OF_CONNECTION);
}
