//! Request and response bodies that are never in memory as a whole.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use scoped_runtime::{ClientError, Error, Phase, Upload};
use scoped_tests::ManualClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{
    ALICE, Certificate, EMPTY, START, Server, config, header, http2, pass, project, request,
    respond,
};

fn parts(count: usize) -> Upload {
    let parts = (0..count).map(|_| Ok(Bytes::from_static(&[b'x'; 1000])));
    Upload::new(futures_util::stream::iter(parts))
}

#[tokio::test]
async fn uploads_and_responses_are_streamed() {
    let heads = Arc::<Mutex<Vec<String>>>::default();
    let server = {
        let heads = Arc::clone(&heads);
        Server::start(move |mut stream, _| {
            let heads = Arc::clone(&heads);
            async move {
                while let Some(text) = request(&mut stream).await? {
                    if header(&text, "transfer-encoding").is_some() {
                        let mut body = Vec::new();
                        while !body.ends_with(b"0\r\n\r\n") {
                            body.push(stream.read_u8().await?);
                        }
                    }
                    heads.lock().unwrap().push(text);
                    stream.write_all(EMPTY.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let alice = project(config(&server.http())).get(ALICE).unwrap();
    let put = || alice.request("PUT", "storage/v1/object/b/f");
    let answer = put().upload(parts(10).length(10_000)).await.unwrap();
    let body: Vec<_> = answer.into_stream().collect().await;
    assert_eq!(body.concat_all(), b"[]");
    put()
        .upload(parts(10))
        .await
        .unwrap()
        .into_stream()
        .count()
        .await;
    assert_eq!(server.connections(), 1);
    {
        let heads = heads.lock().unwrap();
        assert_eq!(header(&heads[0], "content-length"), Some("10000"));
        assert_eq!(header(&heads[1], "transfer-encoding"), Some("chunked"));
    }
    // The first upload fails, and the second is longer than its declared length.
    let broken = Upload::new(futures_util::stream::iter([Err("the disk is gone".into())]));
    for upload in [broken.length(10), parts(2).length(1500)] {
        let error = put().upload(upload).await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Upload { .. })),
            "{error}"
        );
    }
}

trait Concat {
    fn concat_all(self) -> Vec<u8>;
}

impl Concat for Vec<Result<Bytes, Error>> {
    fn concat_all(self) -> Vec<u8> {
        self.into_iter().flat_map(|part| part.unwrap()).collect()
    }
}

/// The body of an upload may come from another response on the same connection, or close the client,
/// without a deadlock.
#[tokio::test]
async fn the_body_of_an_upload_may_use_or_close_its_own_client() {
    let certificate = Certificate::new();
    let server = http2(
        &certificate,
        h2::server::Builder::new(),
        |mut connection, _| async move {
            while let Some(Ok((request, stream))) = connection.accept().await {
                tokio::spawn(async move {
                    let mut body = request.into_body();
                    let mut bytes = 0;
                    while let Some(Ok(part)) = body.data().await {
                        bytes += part.len();
                        let _ = body.flow_control().release_capacity(part.len());
                    }
                    respond(stream, 200, &bytes.to_string());
                });
            }
        },
    )
    .await;
    let config = config(&server.https()).root_certificate(certificate.authority.clone());
    let alice = project(config).get(ALICE).unwrap();
    let inner = alice.clone();
    let copied = futures_util::stream::once(async move {
        let source = inner
            .request("GET", "storage/v1/object/b/a")
            .stream()
            .await
            .unwrap();
        source.into_stream().map(|part| part.map_err(Into::into))
    });
    let copy = Upload::new(copied.flatten());
    let copy = alice.request("PUT", "storage/v1/object/b/b").upload(copy);
    let answer = tokio::time::timeout(Duration::from_secs(5), copy)
        .await
        .unwrap()
        .unwrap();
    let body: Vec<_> = answer.into_stream().collect().await;
    assert_eq!(body.concat_all(), b"1");

    let closing = alice.clone();
    let parts = futures_util::stream::once(async move {
        closing.close();
        Ok(Bytes::from_static(b"x"))
    });
    let put = alice
        .request("PUT", "storage/v1/object/b/c")
        .upload(Upload::new(parts));
    let error = tokio::time::timeout(Duration::from_secs(5), put)
        .await
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
}

#[tokio::test]
async fn each_part_of_a_streamed_body_has_the_body_idle_timeout() {
    let server = Server::start(|mut stream, _| async move {
        request(&mut stream).await?;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[";
        stream.write_all(head.as_bytes()).await?;
        std::future::pending().await
    })
    .await;
    let clock = ManualClock::at(START);
    let idle = Duration::from_secs(7);
    let config = config(&server.http())
        .clock(clock.clone())
        .body_idle_timeout(idle);
    let alice = project(config).get(ALICE).unwrap();
    let mut answer = alice
        .request("GET", "rest/v1/notes")
        .stream()
        .await
        .unwrap();
    assert_eq!(&*answer.next_part().await.unwrap().unwrap(), b"[");
    clock.pass(Duration::from_mins(1));
    let next = tokio::spawn(async move { answer.next_part().await });
    pass(&clock, idle).await;
    let error = next.await.unwrap().unwrap().unwrap_err();
    let phase = matches!(
        error,
        Error::Client(ClientError::Timeout { after, phase: Phase::Body, .. }) if after == idle
    );
    assert!(phase, "{error}");
}

/// An empty frame of HTTP/2 is not the end of a body.
#[tokio::test]
async fn empty_frames_do_not_end_a_download() {
    let certificate = Certificate::new();
    let server = http2(
        &certificate,
        h2::server::Builder::new(),
        async |mut connection, _| {
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                let head = http::Response::new(());
                let mut body = respond.send_response(head, false).unwrap();
                for (part, is_last) in [("", false), ("a", false), ("", false), ("b", true)] {
                    body.send_data(Bytes::from_static(part.as_bytes()), is_last)
                        .unwrap();
                }
            }
        },
    )
    .await;
    let trusting = config(&server.https()).root_certificate(certificate.authority.clone());
    let alice = project(trusting).get(ALICE).unwrap();
    let parts = alice.request("GET", "storage/v1/object/b/k").stream();
    let parts: Vec<_> = parts.await.unwrap().into_stream().collect().await;
    let parts: Vec<Bytes> = parts.into_iter().map(Result::unwrap).collect();
    assert!(parts.iter().all(|part| !part.is_empty()), "{parts:?}");
    assert_eq!(parts.concat(), b"ab");

    let blocking = alice.into_blocking();
    let (read, written) = tokio::task::spawn_blocking(move || {
        let bucket = blocking.storage().bucket("b");
        let (mut read, mut written) = (Vec::new(), Vec::new());
        let mut download = bucket.download("k").stream().unwrap();
        std::io::Read::read_to_end(&mut download, &mut read).unwrap();
        let download = bucket.download("k").stream().unwrap();
        download.write_to(&mut written).unwrap();
        (read, written)
    })
    .await
    .unwrap();
    assert_eq!((&*read, &*written), (&b"ab"[..], &b"ab"[..]));
}
