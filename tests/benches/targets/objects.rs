//! Measures the upload and the download of 1 GiB against plain hyper on one connection, and the memory that they take.

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::Instant;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use scoped_runtime::storage::Bucket;
use scoped_runtime::{ScopedClient, Upload};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use crate::measure::{cpu, exact, median};
use crate::project::{Tenant, client, clients, config, hs256};
use crate::table::{Row, at_most, time};

const BYTES: u64 = 1 << 30;
const PART: usize = 256 << 10;
/// How often each side transfers it.
const TURNS: usize = 7;
/// A few buffers: what may be in memory beside the parts of the caller.
const MEMORY: u64 = 16 << 20;

pub(crate) fn rows(runtime: &Runtime) -> Vec<Row> {
    let address = serve();
    let url = format!("http://{address}");
    let client: ScopedClient<Tenant> = client(&clients(config(&url, hs256())));
    let bucket = client.storage().bucket("b");
    let mut plain = runtime.block_on(Plain::connect(address));
    runtime.block_on(async {
        upload(&bucket).await;
        plain.upload().await;
    });
    let before = memory("VmRSS");
    fs::write("/proc/self/clear_refs", "5").expect("the peak is reset");
    let (mut uploads, mut downloads) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        runtime.block_on(async {
            let is_first = turn % 2 == 0;
            uploads.push(in_turns(is_first, upload(&bucket), plain.upload()).await);
            downloads.push(in_turns(is_first, download(&bucket), plain.download()).await);
        });
    }
    let more = memory("VmHWM").saturating_sub(before);
    let row = |what: &str, turns: Vec<[Took; 2]>| {
        let middle = |of: &dyn Fn(&[Took; 2]) -> f64| median(turns.iter().map(of).collect());
        let rate = |side: usize| exact(BYTES >> 20) / middle(&|turn| turn[side].elapsed);
        at_most(
            format!("{what} of 1 GiB, to plain hyper on one connection"),
            middle(&|[ours, plain]| ours.elapsed / plain.elapsed),
            1.05,
            format!(
                "{:.0} to {:.0} MiB/s; CPU time of the client {:.2} x, {} to {}",
                rate(0),
                rate(1),
                middle(&|[ours, plain]| ours.cpu / plain.cpu),
                time(middle(&|turn| turn[0].cpu)),
                time(middle(&|turn| turn[1].cpu)),
            ),
        )
    };
    vec![
        row("upload", uploads),
        row("download", downloads),
        Row {
            what: format!(
                "peak of the memory (RSS) in {} transfers of 1 GiB, beside what was there",
                4 * TURNS
            ),
            measured: format!("{} KiB", more >> 10),
            target: format!("at most {} MiB", MEMORY >> 20),
            met: Some(more <= MEMORY),
            hint: "client and server in one process".to_owned(),
        },
    ]
}

/// The seconds of one transfer, and those of the CPU in the thread that is the client.
struct Took {
    elapsed: f64,
    cpu: f64,
}

/// What ours and plain hyper's took, each first in every other turn.
async fn in_turns(
    is_first: bool,
    ours: impl Future<Output = ()>,
    plain: impl Future<Output = ()>,
) -> [Took; 2] {
    if is_first {
        let ours = timed(ours).await;
        [ours, timed(plain).await]
    } else {
        let plain = timed(plain).await;
        [timed(ours).await, plain]
    }
}

async fn timed(work: impl Future<Output = ()>) -> Took {
    let (start, cpu_before) = (Instant::now(), cpu());
    work.await;
    Took {
        elapsed: start.elapsed().as_secs_f64(),
        cpu: cpu().saturating_sub(cpu_before).as_secs_f64(),
    }
}

async fn upload(bucket: &Bucket) {
    let part = Bytes::from(vec![0; PART]);
    let parts = (0..BYTES / PART as u64).map(move |_| Ok(part.clone()));
    let body = Upload::new(futures_util::stream::iter(parts)).length(BYTES);
    bucket.upload("k", body).await.expect("an upload");
}

async fn download(bucket: &Bucket) {
    let mut download = bucket.download("k").stream().await.expect("a download");
    let mut bytes = 0;
    while let Some(part) = download.next_part().await {
        bytes += part.expect("a part").len() as u64;
    }
    assert_eq!(bytes, BYTES);
}

/// A connection of hyper, driven by a task, with the headers that an upload has.
struct Plain {
    sender: http1::SendRequest<Parts>,
}

impl Plain {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        Self { sender }
    }

    async fn send(&mut self, method: &str, body: Parts) -> u64 {
        let request = Request::builder()
            .method(method)
            .uri("/storage/v1/object/b/k")
            .header("host", "localhost")
            .header("authorization", "Bearer x")
            .body(body)
            .expect("a request");
        self.sender.ready().await.expect("a connection");
        let response = self.sender.send_request(request).await.expect("a response");
        let mut body: Incoming = response.into_body();
        let mut bytes = 0;
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await
        {
            bytes += frame.expect("a part").data_ref().map_or(0, Bytes::len) as u64;
        }
        bytes
    }

    async fn upload(&mut self) {
        let part = Bytes::from(vec![0; PART]);
        self.send("POST", Parts { part, left: BYTES }).await;
    }

    async fn download(&mut self) {
        let none = Parts {
            part: Bytes::new(),
            left: 0,
        };
        assert_eq!(self.send("GET", none).await, BYTES);
    }
}

struct Parts {
    part: Bytes,
    left: u64,
}

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= self.part.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(self.part.clone()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A value of `/proc/self/status`, in bytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with(name))
        .expect("a value");
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<u64>().expect("a number") << 10
}

/// Starts a server on a thread of its own that forgets what it gets and sends zeros.
fn serve() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_io().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::from_std(listener).expect("a socket");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
    });
    address
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; PART];
    let zeros = vec![0; PART];
    loop {
        let mut filled = 0;
        let end = loop {
            let read = stream.read(&mut buffer[filled..]).await?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
            if let Some(end) = buffer[..filled]
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
            {
                break end + 4;
            }
        };
        if buffer.starts_with(b"GET") {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {BYTES}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            for _ in 0..BYTES / PART as u64 {
                stream.write_all(&zeros).await?;
            }
            continue;
        }
        let mut left = BYTES - (filled - end) as u64;
        while left > 0 {
            let read = stream.read(&mut buffer).await?;
            left -= read as u64;
        }
        let body = r#"{"Key":"b/k"}"#;
        let text = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).await?;
    }
}
