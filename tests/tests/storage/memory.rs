//! Streaming is real: a process sends and receives more than it may allocate.
#![cfg(target_os = "linux")]

use std::process::Command;

use bytes::Bytes;
use scoped_runtime::{ScopedClients, Upload};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{base64_url, config, user};

/// What is transferred in each direction.
const BYTES: u64 = 640 << 20;
/// The address space that the process may have, in KiB: less than that.
const LIMIT: u32 = 500_000;
const CHILD: &str = "SCOPED_TESTS_LITTLE_MEMORY";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the child learns by its environment what to do"
)]
fn more_is_sent_and_received_than_the_process_may_allocate() {
    if std::env::var(CHILD).is_ok() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        return runtime.unwrap().block_on(transfer());
    }
    let name = "memory::more_is_sent_and_received_than_the_process_may_allocate";
    let run =
        format!("ulimit -v {LIMIT} && exec \"$0\" {name} --exact --nocapture --test-threads=1");
    let outcome = Command::new("sh")
        .arg("-c")
        .arg(run)
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&outcome.stdout);
    assert!(
        outcome.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    assert!(text.contains("1 passed"), "{text}");
}

async fn transfer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(serve(listener));
    });
    // The limit holds: the whole object cannot be in memory.
    let size = usize::try_from(BYTES).unwrap();
    assert!(
        Vec::<u8>::new().try_reserve_exact(size).is_err(),
        "too much memory"
    );

    let clients = ScopedClients::new(config(&url).build().unwrap()).unwrap();
    let bucket = clients.get(user()).unwrap().storage().bucket("b");
    bucket.upload("k", stream().length(BYTES)).await.unwrap();
    bucket.upload("k", stream()).await.unwrap();
    bucket
        .upload_resumable("k", stream().length(BYTES))
        .await
        .unwrap();
    let mut sink = tokio::io::sink();
    let download = bucket.download("k").stream().await.unwrap();
    assert_eq!(download.length(), Some(BYTES));
    assert_eq!(download.write_to(&mut sink).await.unwrap(), BYTES);
}

fn stream() -> Upload {
    let part = Bytes::from(vec![0; 256 << 10]);
    let parts = (0..BYTES / (256 << 10)).map(move |_| Ok(part.clone()));
    Upload::new(futures_util::stream::iter(parts))
}

async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream));
    }
}

/// Reads bodies and forgets them, sends zeros, and speaks as much of the resumable protocol as an upload needs.
async fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::with_capacity(256 << 10, stream);
    loop {
        let (mut head, mut line) = (String::new(), String::new());
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            head.push_str(&line);
        }
        let value = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse::<u64>().ok()
        };
        let mut received = value("content-length:").unwrap_or(0);
        tokio::io::copy(&mut (&mut stream).take(received), &mut tokio::io::sink()).await?;
        if head.contains("transfer-encoding: chunked") {
            received = read_chunks(&mut stream).await?;
        }
        let json = r#"{"Key":"b/k"}"#;
        let (status, header, body) = match &head[..3] {
            "GET" => {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {BYTES}\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                tokio::io::copy(&mut tokio::io::repeat(0).take(BYTES), &mut stream).await?;
                stream.flush().await?;
                continue;
            }
            "POS" if head.contains("upload-length") => (
                "201 Created",
                format!("location: https://x/{}\r\n", base64_url("b/k/1")),
                "",
            ),
            "PAT" => {
                let offset = value("upload-offset:").unwrap_or(0) + received;
                ("204 No Content", format!("upload-offset: {offset}\r\n"), "")
            }
            _ => {
                assert_eq!(received, BYTES, "the whole body arrived");
                ("200 OK", String::new(), json)
            }
        };
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\n{header}content-length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await?;
    }
}

async fn read_chunks(stream: &mut BufReader<TcpStream>) -> std::io::Result<u64> {
    let mut all = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let bytes = u64::from_str_radix(line.trim(), 16).unwrap();
        tokio::io::copy(&mut (&mut *stream).take(bytes + 2), &mut tokio::io::sink()).await?;
        if bytes == 0 {
            return Ok(all);
        }
        all += bytes;
    }
}
