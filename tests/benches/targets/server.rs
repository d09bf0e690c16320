//! A minimal server with keep-alive: every request gets the same rows.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::runtime::Builder;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\n\
    content-range: 0-0/*\r\ncontent-length: 74\r\n\r\n\
    [{\"id\":\"0c9a1106-6a4e-4b57-9f0e-2f4b5d0c9a11\",\"body\":\"hello, this is it\"}]";
const LARGEST_REQUEST: usize = 8192;

pub(crate) struct Server {
    pub(crate) url: String,
    /// The certificate authority of an HTTPS server, as PEM.
    pub(crate) authority: Option<String>,
}

impl Server {
    pub(crate) fn http() -> Self {
        Self::answering(ANSWER.into())
    }

    /// Starts a server with another response than the default one.
    pub(crate) fn answering(answer: Arc<[u8]>) -> Self {
        let url = format!("http://{}", listen(None, answer));
        Self {
            url,
            authority: None,
        }
    }

    pub(crate) fn https() -> Self {
        Self::encrypted("http/1.1")
    }

    pub(crate) fn http2() -> Self {
        Self::encrypted("h2")
    }

    fn encrypted(protocol: &str) -> Self {
        let (acceptor, authority) = certified(protocol).expect("certificates");
        Self {
            url: format!("https://{}", listen(Some(acceptor), ANSWER.into())),
            authority: Some(authority),
        }
    }
}

/// Serves on a thread of its own, until the process ends.
fn listen(tls: Option<TlsAcceptor>, answer: Arc<[u8]>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    let runtime = Builder::new_current_thread().enable_io().build();
    let runtime = runtime.expect("a runtime");
    thread::spawn(move || runtime.block_on(accept(listener, tls, answer)));
    address
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    body: Arc<[u8]>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (tls, body) = (tls.clone(), Arc::clone(&body));
        tokio::spawn(async move {
            let Some(tls) = tls else {
                return answer(stream, &body).await;
            };
            let stream = tls.accept(stream).await?;
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                return answer_http2(stream).await;
            }
            answer(stream, &body).await
        });
    }
}

/// Requests have no body here and are not pipelined, so each ends with its head.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) -> io::Result<()> {
    let mut request = [0; LARGEST_REQUEST];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut request[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if request[..filled].ends_with(b"\r\n\r\n") {
            stream.write_all(answer).await?;
            stream.flush().await?;
            filled = 0;
        }
    }
}

async fn answer_http2(stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    let handshake = h2::server::Builder::new()
        .max_concurrent_streams(256)
        .handshake(stream)
        .await;
    let mut connection = handshake.map_err(io::Error::other)?;
    let end = ANSWER.windows(4).position(|four| four == b"\r\n\r\n");
    let body = Bytes::from_static(&ANSWER[end.map_or(0, |end| end + 4)..]);
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        let head = http::Response::builder()
            .header("content-type", "application/json; charset=utf-8")
            .header("content-range", "0-0/*")
            .header("content-length", body.len());
        let head = head.body(()).map_err(io::Error::other)?;
        if let Ok(mut stream) = respond.send_response(head, false) {
            let _ = stream.send_data(body.clone(), true);
        }
    }
    Ok(())
}

fn certified(protocol: &str) -> Result<(TlsAcceptor, String), Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::new([])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}
