//! A proxy that loses connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Passes bytes on to a server, and cuts the connection when it is told to.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) url: String,
    /// After how many bytes of requests the next cut comes; `usize::MAX` for never.
    left: Arc<AtomicUsize>,
    cuts: Arc<AtomicUsize>,
    /// Whether a connection is held where it would be cut.
    holds: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) async fn to(url: &str) -> Self {
        let target = url.replace("http://", "");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            left: Arc::new(AtomicUsize::new(usize::MAX)),
            cuts: Arc::default(),
            holds: Arc::default(),
        };
        let shared = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&target).await.unwrap();
                tokio::spawn(shared.clone().pass(client, server));
            }
        });
        proxy
    }

    /// Cuts the connection on which this many further bytes of requests have arrived.
    pub(crate) fn cut_after(&self, bytes: usize) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// Passes on no further byte of the connection on which this many further bytes of requests have arrived. The answer
    /// still comes back.
    pub(crate) fn hold_after(&self, bytes: usize) {
        self.holds.store(true, Ordering::SeqCst);
        self.cut_after(bytes);
    }

    /// How many connections were cut or held.
    pub(crate) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }

    async fn pass(self, client: TcpStream, server: TcpStream) {
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let back = tokio::spawn(async move {
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        });
        let mut buffer = vec![0; 16 << 10];
        while let Ok(bytes @ 1..) = from_client.read(&mut buffer).await {
            let left = self.left.load(Ordering::SeqCst);
            if left <= bytes {
                let _ = to_server.write_all(&buffer[..left]).await;
                self.left.store(usize::MAX, Ordering::SeqCst);
                self.cuts.fetch_add(1, Ordering::SeqCst);
                if self.holds.swap(false, Ordering::SeqCst) {
                    let _ = back.await;
                    return;
                }
                break;
            }
            if left != usize::MAX {
                self.left.fetch_sub(bytes, Ordering::SeqCst);
            }
            if to_server.write_all(&buffer[..bytes]).await.is_err() {
                break;
            }
        }
        back.abort();
    }
}
