//! Makes connections: name lookup, TCP, proxy tunnel, TLS, HTTP.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rustls_pki_types::ServerName;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Host;

use super::http1::Http1;
use super::http2::Http2;
use super::origin::Origin;
use super::socket::{CountedTcp, Socket, SocketState};
use super::tls;
use crate::clock::Clock;
use crate::config::{Connections, Limits, Proxy, Settings};
use crate::error::ConfigurationError;

/// Makes connections to one project.
pub(super) struct Connector {
    pub(super) origin: Origin,
    tls: Option<Tls>,
    pub(super) connections: Connections,
    pub(super) limits: Limits,
    pub(super) connect_timeout: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

struct Tls {
    connector: TlsConnector,
    /// For connections that begin with an upgrade (RFC 9110, section 7.8), which HTTP/2 does not have.
    #[cfg(feature = "realtime")]
    http1_connector: TlsConnector,
    server_name: ServerName<'static>,
}

/// A connection that is ready for requests.
pub(super) enum Connection {
    Http1(Box<Http1>),
    Http2(Arc<Http2>),
}

/// The delay before the next address is tried in parallel ("Connection Attempt Delay", RFC 8305, section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);
/// The maximum size of a proxy's response to `CONNECT`.
const MAX_PROXY_RESPONSE: usize = 8192;

impl Connector {
    pub(super) fn new(
        base: &url::Url,
        settings: &Settings,
    ) -> std::result::Result<Self, ConfigurationError> {
        let origin = Origin::new(base)?;
        let connections = settings.connections.clone();
        // The certificates are parsed for a URL without TLS too, so that a mistake in them is reported.
        let wants_tls = origin.is_tls
            || !connections.root_certificates.is_empty()
            || connections.client_certificate.is_some();
        let tls = if wants_tls {
            let config = tls::client_config(&connections)?;
            Some(Tls {
                #[cfg(feature = "realtime")]
                http1_connector: tls::http1_only(&config),
                connector: TlsConnector::from(Arc::new(config)),
                server_name: server_name(&origin.host),
            })
        } else {
            None
        };
        Ok(Self {
            tls: tls.filter(|_| origin.is_tls),
            origin,
            connections,
            limits: settings.limits,
            connect_timeout: settings.connect_timeout,
            clock: Arc::clone(&settings.clock),
        })
    }

    /// Whether every connection uses HTTP/1: without TLS there is no ALPN to choose HTTP/2.
    pub(super) fn is_http1_only(&self) -> bool {
        self.tls.is_none()
    }

    /// Makes a connection. The caller limits the time.
    pub(super) async fn connect(&self) -> Result<Connection> {
        let state = Arc::new(SocketState::default());
        let tcp = CountedTcp::new(self.stream().await?, Arc::clone(&state));
        let Some(tls) = &self.tls else {
            let connection = Http1::new(Socket::Plain(tcp), state, &self.limits).await?;
            return Ok(Connection::Http1(Box::new(connection)));
        };
        let stream = tls.connector.connect(tls.server_name.clone(), tcp).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let socket = Socket::Tls(Box::new(stream));
        Ok(if is_http2 {
            let connection = Http2::new(socket, self).await?;
            Connection::Http2(connection)
        } else {
            Connection::Http1(Box::new(Http1::new(socket, state, &self.limits).await?))
        })
    }

    /// Makes a connection of HTTP/1.1 for an upgrade to another protocol. The caller limits the time.
    #[cfg(feature = "realtime")]
    pub(super) async fn connect_for_upgrade(&self) -> Result<Socket> {
        let tcp = CountedTcp::new(self.stream().await?, Arc::default());
        let Some(tls) = &self.tls else {
            return Ok(Socket::Plain(tcp));
        };
        let connecting = tls.http1_connector.connect(tls.server_name.clone(), tcp);
        Ok(Socket::Tls(Box::new(connecting.await?)))
    }

    /// The TCP stream to the server, or to it through the proxy's tunnel.
    async fn stream(&self) -> Result<TcpStream> {
        let Some(proxy) = &self.connections.proxy else {
            return self.tcp(&self.origin.host, self.origin.port).await;
        };
        let host = Host::parse(&proxy.host).map_err(|_| ErrorKind::InvalidInput)?;
        let stream = self.tcp(&host, proxy.port).await?;
        self.tunnel(stream, proxy).await
    }

    /// Connects to the first address that accepts ("Happy Eyeballs", RFC 8305).
    async fn tcp(&self, host: &Host<String>, port: u16) -> Result<TcpStream> {
        let addresses: Vec<SocketAddr> = match host {
            Host::Domain(name) => tokio::net::lookup_host((name.as_str(), port))
                .await?
                .collect(),
            Host::Ipv4(ip) => vec![(*ip, port).into()],
            Host::Ipv6(ip) => vec![(*ip, port).into()],
        };
        let mut last = Error::new(ErrorKind::NotFound, "the name has no address");
        let mut waiting = interleaved(addresses).into_iter().peekable();
        let mut tries = FuturesUnordered::new();
        loop {
            if let Some(address) = waiting.next() {
                tries.push(TcpStream::connect(address));
            } else if tries.is_empty() {
                return Err(last);
            }
            let next = tries.next();
            let outcome = if waiting.peek().is_some() {
                match tokio::time::timeout(ATTEMPT_DELAY, next).await {
                    Ok(outcome) => outcome,
                    Err(_) => continue,
                }
            } else {
                next.await
            };
            match outcome {
                Some(Ok(stream)) => {
                    self.set_options(&stream)?;
                    return Ok(stream);
                }
                Some(Err(error)) => last = error,
                None => {}
            }
        }
    }

    fn set_options(&self, stream: &TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let socket = SockRef::from(stream);
        let Connections {
            keep_alive,
            keep_alive_timeout,
            ..
        } = self.connections;
        let probes = TcpKeepalive::new()
            .with_time(keep_alive.max(Duration::from_secs(1)))
            .with_interval(Duration::from_secs(1).max(keep_alive_timeout / 3));
        #[cfg(not(windows))]
        let probes = probes.with_retries(3);
        socket.set_tcp_keepalive(&probes)?;
        // Keep-alive probes are not sent while data is unacknowledged, so that needs its own timeout.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        socket.set_tcp_user_timeout(Some(keep_alive + keep_alive_timeout))?;
        Ok(())
    }

    /// Asks a proxy for a tunnel (RFC 9110, section 9.3.6).
    async fn tunnel(&self, mut stream: TcpStream, proxy: &Proxy) -> Result<TcpStream> {
        let Origin { host, port, .. } = &self.origin;
        let mut request = Zeroizing::new(format!(
            "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        ));
        if let Some(credentials) = &proxy.credentials {
            let pair = Zeroizing::new(STANDARD.encode(credentials.expose_secret()));
            request.push_str("Proxy-Authorization: Basic ");
            request.push_str(&pair);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await?;

        let mut response = Vec::new();
        while !response.ends_with(b"\r\n\r\n") {
            if response.len() == MAX_PROXY_RESPONSE {
                return Err(Error::other("the proxy's response to CONNECT is too long"));
            }
            // Byte by byte: the bytes after the response belong to the TLS stream.
            response.push(stream.read_u8().await?);
        }
        let status = response.split(|byte| *byte == b' ').nth(1);
        match status {
            Some([b'2', _, _]) => Ok(stream),
            Some(b"407") => Err(Error::new(
                ErrorKind::PermissionDenied,
                "the proxy refuses the credentials (407); check `proxy_credentials`",
            )),
            _ => Err(Error::other("the proxy refused the tunnel")),
        }
    }
}

/// Alternates IPv6 and IPv4 addresses, so that an unreachable family costs one delay only (RFC 8305, section 4).
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    first.reverse();
    second.reverse();
    let mut mixed = Vec::with_capacity(first.len() + second.len());
    while !(first.is_empty() && second.is_empty()) {
        mixed.extend(first.pop());
        mixed.extend(second.pop());
    }
    mixed
}

fn server_name(host: &Host<String>) -> ServerName<'static> {
    match host {
        Host::Ipv4(ip) => ServerName::IpAddress((*ip).into()),
        Host::Ipv6(ip) => ServerName::IpAddress((*ip).into()),
        // A host that is not a valid DNS name cannot be connected to: the TLS handshake fails.
        Host::Domain(name) => ServerName::try_from(name.clone()).unwrap_or(ServerName::IpAddress(
            std::net::Ipv4Addr::UNSPECIFIED.into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's timeouts are too long for a test, so the test reads the socket options.
    #[test]
    fn a_socket_asks_a_silent_peer_and_gives_up_what_is_not_acknowledged() {
        let mut settings = Settings::default();
        settings.connections.keep_alive = Duration::from_secs(20);
        settings.connections.keep_alive_timeout = Duration::from_secs(9);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let stream = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let connector = Connector::new(&url.parse().unwrap(), &settings).unwrap();
            let Origin { host, port, .. } = &connector.origin;
            connector.tcp(host, *port).await.unwrap()
        });
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        #[cfg(target_os = "linux")]
        {
            let seconds = |seconds| Duration::from_secs(seconds);
            assert_eq!(socket.tcp_keepalive_time().unwrap(), seconds(20));
            assert_eq!(socket.tcp_keepalive_interval().unwrap(), seconds(3));
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), 3);
            assert_eq!(socket.tcp_user_timeout().unwrap(), Some(seconds(29)));
        }
    }
}
