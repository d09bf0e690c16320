//! The smallest server that keeps connections alive: every request gets the same rows.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

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
        let url = format!("http://{}", listen(None));
        Self {
            url,
            authority: None,
        }
    }

    pub(crate) fn https() -> Self {
        let (acceptor, authority) = certified().expect("certificates");
        Self {
            url: format!("https://{}", listen(Some(acceptor))),
            authority: Some(authority),
        }
    }
}

/// Serves on a thread of its own, until the process ends.
fn listen(tls: Option<TlsAcceptor>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    let runtime = Builder::new_current_thread().enable_io().build();
    let runtime = runtime.expect("a runtime");
    thread::spawn(move || runtime.block_on(accept(listener, tls)));
    address
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let tls = tls.clone();
        tokio::spawn(async move {
            match tls {
                Some(tls) => answer(tls.accept(stream).await?).await,
                None => answer(stream).await,
            }
        });
    }
}

/// Requests have no body here and wait for their answers, so each ends where its head does.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    let mut request = [0; LARGEST_REQUEST];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut request[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if request[..filled].ends_with(b"\r\n\r\n") {
            stream.write_all(ANSWER).await?;
            stream.flush().await?;
            filled = 0;
        }
    }
}

fn certified() -> Result<(TlsAcceptor, String), Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::new([])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}
