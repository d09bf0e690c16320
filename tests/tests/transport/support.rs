//! Servers of raw sockets, and projects that use them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use scoped_runtime::{ConfigBuilder, ScopedClients};
use scoped_tests::ManualClock;
pub(crate) use scoped_tests::{ALICE, BOB, KEY, SECRET, START, config};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// The response `200 []`.
pub(crate) const EMPTY: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";

/// Formats a response with this status and body.
pub(crate) fn answer(status: u16, body: &str) -> String {
    let bytes = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\n\r\n{body}"
    )
}

pub(crate) fn project(config: ConfigBuilder) -> ScopedClients {
    ScopedClients::new(config.build().unwrap()).unwrap()
}

/// A server that numbers its connections and passes them to a handler.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start<F>(handle: impl Fn(TcpStream, usize) -> F + Send + 'static) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::of(listener, handle)
    }

    pub(crate) fn of<F>(
        listener: TcpListener,
        handle: impl Fn(TcpStream, usize) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(handle(stream, number));
            }
        });
        Self {
            address,
            connections,
        }
    }

    pub(crate) fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn https(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Returns the number of connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A listener with a full accept queue, and the connections that fill it. The next connection is not even
/// refused.
pub(crate) async fn full_queue() -> (TcpListener, Vec<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    socket.listen(1).unwrap();
    socket.set_nonblocking(true).unwrap();
    let listener = TcpListener::from_std(socket.into()).unwrap();
    let address = listener.local_addr().unwrap();
    // The queue is full as soon as a connection attempt stays pending.
    let mut fillers = Vec::new();
    let short = Duration::from_millis(200);
    while let Ok(Ok(filler)) = tokio::time::timeout(short, TcpStream::connect(address)).await {
        fillers.push(filler);
    }
    (listener, fillers)
}

/// Reads the head and body of a request. Returns `None` at the end of the connection.
pub(crate) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => text.push(byte),
            Err(_) if text.is_empty() => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let head = String::from_utf8(text).unwrap();
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(head + &String::from_utf8(body).unwrap()))
}

/// The value of a header of a request.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Returns the claims in the token of a request, after another library has verified its signature.
pub(crate) fn claims(bearer: &str) -> serde_json::Map<String, serde_json::Value> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    let token = bearer.strip_prefix("Bearer ").unwrap();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&["authenticated"]);
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(SECRET.as_bytes()).expect("a secret");
    decode(token, &key, &rules).unwrap().claims
}

/// Gives every request of a connection this response.
pub(crate) async fn always(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    answer: &str,
) -> io::Result<()> {
    while request(stream).await?.is_some() {
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// A certificate for the loopback address, with its own certificate authority.
pub(crate) struct Certificate {
    pub(crate) authority: String,
    issuer: CertifiedIssuer<'static, KeyPair>,
    config: ServerConfig,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        Self {
            authority: authority.pem(),
            issuer: authority,
            config,
        }
    }

    /// A certificate and a key for a client, both as PEM.
    pub(crate) fn client(&self) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["client".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &self.issuer).unwrap();
        (leaf.pem(), key.serialize_pem())
    }

    /// Requires a client certificate from here on.
    pub(crate) fn asks_clients(mut self) -> Self {
        use tokio_rustls::rustls::server::WebPkiClientVerifier;
        use tokio_rustls::rustls::{RootCertStore, pki_types::PrivateKeyDer};

        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider));
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &self.issuer).unwrap();
        self.config = ServerConfig::builder()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        self
    }

    pub(crate) fn acceptor(&self, protocol: &str) -> TlsAcceptor {
        let mut config = self.config.clone();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

/// An HTTP/2 server over TLS, by the `h2` crate. It numbers its connections and passes them to a handler.
pub(crate) async fn http2<F>(
    certificate: &Certificate,
    builder: h2::server::Builder,
    handle: impl Fn(Http2Connection, usize) -> F + Clone + Send + Sync + 'static,
) -> Server
where
    F: Future<Output = ()> + Send + 'static,
{
    let acceptor = certificate.acceptor("h2");
    Server::start(move |stream, number| {
        let (acceptor, builder, handle) = (acceptor.clone(), builder.clone(), handle.clone());
        async move {
            let stream = acceptor.accept(stream).await?;
            let connection = builder.handshake(stream).await.map_err(io::Error::other)?;
            handle(connection, number).await;
            Ok(())
        }
    })
    .await
}

pub(crate) type Http2Connection =
    h2::server::Connection<tokio_rustls::server::TlsStream<TcpStream>, bytes::Bytes>;
pub(crate) type Respond = h2::server::SendResponse<bytes::Bytes>;

/// Sends the response on a stream.
pub(crate) fn respond(mut respond: Respond, status: u16, body: &str) {
    let head = http::Response::builder().status(status).body(()).unwrap();
    if let Ok(mut stream) = respond.send_response(head, false) {
        let _ = stream.send_data(bytes::Bytes::from(body.to_owned()), true);
    }
}

/// Waits until the condition is true, and fails after a few seconds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

/// Waits until a sleeper of the clock is due within this time, and moves the clock by it.
pub(crate) async fn pass(clock: &ManualClock, time: Duration) {
    until("something waits for this moment", || {
        clock.sleepers(time) > 0
    })
    .await;
    clock.pass(time);
}
