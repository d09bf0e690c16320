//! An in-process server that keeps the requests, and a client of it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use scoped_runtime::{Config, ScopedClient, ScopedClients};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::grammar::parameters;

/// A request that the server received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The encoded text behind the `?`.
    pub(crate) query: String,
    /// The headers by lower-case name; several headers of one name are joined by commas (RFC 9110, section
    /// 5.2).
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        for (key, value) in parameters(&self.query) {
            writeln!(f, "  {key} = {}", value.as_deref().unwrap_or("(nothing)"))?;
        }
        write!(f, "  prefer: {}\n  {}", self.header("prefer"), self.body)
    }
}

/// A client and the server that records what it sends.
pub(crate) struct Recorder {
    pub(crate) client: ScopedClient,
    /// The project's URL.
    pub(crate) url: String,
    arrived: UnboundedReceiver<Arrived>,
}

impl Recorder {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, arrived) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, sender.clone()));
            }
        });
        let config = Config::builder()
            .environment(|_| None)
            .url(&url)
            .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
            .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256")
            .build()
            .unwrap();
        let user = "00000000-0000-4000-8000-00000000000a";
        let client = ScopedClients::new(config).unwrap().get(user).unwrap();
        Self {
            client,
            url,
            arrived,
        }
    }

    /// Returns the request since the last call, if there is one. It has arrived by the time the client has
    /// its response.
    pub(crate) fn arrived(&mut self) -> Option<Arrived> {
        let arrived = self.arrived.try_recv().ok();
        assert!(self.arrived.is_empty(), "one request at a time");
        arrived
    }
}

async fn serve(mut stream: TcpStream, sender: UnboundedSender<Arrived>) {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
        content-range: */0\r\ncontent-length: 2\r\n\r\n[]";
    let mut bytes = Vec::new();
    loop {
        let request = loop {
            if let Some((request, length)) = parse(&bytes) {
                bytes.drain(..length);
                break request;
            }
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        let end = if request.method == "HEAD" {
            ANSWER.len() - 2
        } else {
            ANSWER.len()
        };
        if sender.send(request).is_err() || stream.write_all(&ANSWER[..end]).await.is_err() {
            return;
        }
    }
}

/// Returns the first request in these bytes and its length, once it is complete.
fn parse(bytes: &[u8]) -> Option<(Arrived, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    let mut lines = text.split("\r\n");
    let [method, target, _] = lines.next()?.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        panic!("not a request line: {text}");
    };
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let known = headers.entry(name.to_ascii_lowercase()).or_default();
        if !known.is_empty() {
            known.push(',');
        }
        known.push_str(value.trim());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let start = head + 4;
    let body = bytes.get(start..start + length)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let arrived = Arrived {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    Some((arrived, start + length))
}
