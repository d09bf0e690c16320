use std::fmt;
#[cfg(feature = "tracing")]
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::ConfigBuilder;
use super::reserved_headers::is_reserved;
use crate::error::Problem;

/// The settings of connections.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pub(crate) root_certificates: Vec<Pem>,
    pub(crate) client_certificate: Option<(Pem, SecretString)>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) idle_timeout: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) keep_alive_timeout: Duration,
    pub(crate) per_user: bool,
    pub(crate) retries: u32,
    pub(crate) headers: HeaderMap,
    #[cfg(feature = "tracing")]
    pub(crate) traceparent: Option<Traceparent>,
    /// The name of an invalid default header, reported when the configuration is built.
    bad_header: Option<String>,
    /// The reason why the proxy is invalid, reported when the configuration is built.
    bad_proxy: Option<&'static str>,
}

/// An HTTP proxy that opens tunnels with `CONNECT`.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// `name:password`
    pub(crate) credentials: Option<SecretString>,
}

/// The user's function that formats a span as the header `traceparent`.
#[cfg(feature = "tracing")]
#[derive(Clone)]
pub(crate) struct Traceparent(Arc<FormatSpan>);

#[cfg(feature = "tracing")]
type FormatSpan = dyn Fn(&tracing::Span) -> Option<String> + Send + Sync;

#[cfg(feature = "tracing")]
impl Traceparent {
    pub(crate) fn format(&self, span: &tracing::Span) -> Option<String> {
        (self.0)(span)
    }
}

#[cfg(feature = "tracing")]
impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traceparent")
    }
}

/// The PEM text of a certificate. `Debug` shows only its size.
#[derive(Clone)]
pub(crate) struct Pem(pub(crate) Vec<u8>);

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            root_certificates: Vec::new(),
            client_certificate: None,
            proxy: None,
            idle_timeout: Duration::from_secs(50),
            keep_alive: Duration::from_secs(10),
            keep_alive_timeout: Duration::from_secs(5),
            per_user: false,
            retries: 2,
            headers: HeaderMap::new(),
            #[cfg(feature = "tracing")]
            traceparent: None,
            bad_header: None,
            bad_proxy: None,
        }
    }
}

impl Connections {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        for (field, time) in [
            ("connection_idle_timeout", self.idle_timeout),
            ("keep_alive", self.keep_alive.min(self.keep_alive_timeout)),
        ] {
            if time.is_zero() {
                problems.push(Problem::new(field, "is zero", "give it at least a second"));
            }
        }
        if let Some(name) = &self.bad_header {
            problems.push(Problem::new(
                "default_header",
                format!("`{name}` cannot be sent"),
                "use the name of a header that neither frames a message nor is set by the client, with a value of visible ASCII",
            ));
        }
        if let Some(reason) = self.bad_proxy {
            problems.push(Problem::new(
                "proxy",
                reason,
                "write `http://host:port`, and give credentials to `proxy_credentials`",
            ));
        }
    }
}

/// Settings of connections.
impl ConfigBuilder {
    /// Trusts another certificate authority (PEM), for a self-hosted project with a private one. Can be called
    /// repeatedly.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        let certificates = &mut self.settings.connections.root_certificates;
        certificates.push(Pem(pem.into()));
        self
    }

    /// A client certificate (PEM, with its chain) and its private key (PEM: PKCS#8, PKCS#1 or SEC1), for servers
    /// that require mutual TLS.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<SecretString>,
    ) -> Self {
        let pair = (Pem(certificate.into()), key.into());
        self.settings.connections.client_certificate = Some(pair);
        self
    }

    /// Connects through this HTTP proxy (`http://host:port`), with a `CONNECT` tunnel (RFC 9110, section 9.3.6).
    /// Environment variables such as `HTTPS_PROXY` are not read.
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        let connections = &mut self.settings.connections;
        match proxy(url.as_ref()) {
            Ok((host, port)) => {
                let before = connections.proxy.take();
                connections.proxy = Some(Proxy {
                    host,
                    port,
                    credentials: before.and_then(|proxy| proxy.credentials),
                });
            }
            Err(reason) => connections.bad_proxy = Some(reason),
        }
        self
    }

    /// The user name and password for the proxy (`Proxy-Authorization: Basic`, RFC 7617). Call it after
    /// [`proxy`](Self::proxy).
    pub fn proxy_credentials(
        mut self,
        name: impl AsRef<str>,
        password: impl Into<SecretString>,
    ) -> Self {
        let connections = &mut self.settings.connections;
        let pair = format!("{}:{}", name.as_ref(), password.into().expose_secret());
        match &mut connections.proxy {
            Some(proxy) => proxy.credentials = Some(pair.into()),
            None => connections.bad_proxy = Some("has credentials, but no address"),
        }
        self
    }

    /// How long a connection may be idle before it is closed; 50 seconds by default. Keep it below the idle
    /// timeout of the gateway, which is 60 seconds for most. A request over a connection that the server is
    /// closing at that moment has to be retried, and a write cannot be retried once a byte of it was sent.
    pub fn connection_idle_timeout(mut self, time: Duration) -> Self {
        self.settings.connections.idle_timeout = time;
        self
    }

    /// Detects connections that are dead without having been closed. After `interval` without data from the
    /// server, it is probed (HTTP/2 PING, TCP keep-alive); if it does not respond within `timeout`, the
    /// connection is closed. 10 and 5 seconds by default.
    pub fn keep_alive(mut self, interval: Duration, timeout: Duration) -> Self {
        self.settings.connections.keep_alive = interval;
        self.settings.connections.keep_alive_timeout = timeout;
        self
    }

    /// Gives each user their own connections; off by default. HTTP/1 matches responses to requests only by their
    /// order. If a broken server or gateway sends a response twice, this setting ensures that a user can receive
    /// only responses to their own requests.
    pub fn connections_per_user(mut self, on: bool) -> Self {
        self.settings.connections.per_user = on;
        self
    }

    /// The maximum number of retries of a request; 2 by default. A read is retried after a lost connection and
    /// after the statuses 502, 503 and 504. Every request is retried if no byte of it was sent. All attempts share
    /// [`request_timeout`](Self::request_timeout).
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.connections.retries = retries;
        self
    }

    /// Propagates traces: the function returns the header `traceparent` (W3C Trace Context) for the span of a
    /// request, which is a child of the span in which the request is sent. With `tracing-opentelemetry` the
    /// function is
    ///
    /// ```text
    /// .traceparent(|span| {
    ///     let context = span.context().span().span_context().clone();
    ///     context.is_valid().then(|| format!(
    ///         "00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags().to_u8()
    ///     ))
    /// })
    /// ```
    #[cfg(feature = "tracing")]
    pub fn traceparent(
        mut self,
        of: impl Fn(&tracing::Span) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.settings.connections.traceparent = Some(Traceparent(Arc::new(of)));
        self
    }

    /// A header for every request that does not set it itself. Headers that the client sets (`accept`, `apikey`,
    /// `authorization`), that frame a message or that change how it is read are refused by [`build`](Self::build).
    pub fn default_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let connections = &mut self.settings.connections;
        let key = HeaderName::from_bytes(name.as_ref().as_bytes());
        let value = HeaderValue::from_str(value.as_ref());
        match (key, value) {
            (Ok(key), Ok(value)) if !is_reserved(&key) => {
                connections.headers.insert(key, value);
            }
            _ => connections.bad_header = Some(name.as_ref().chars().take(40).collect()),
        }
        self
    }
}

fn proxy(text: &str) -> Result<(String, u16), &'static str> {
    let url = url::Url::parse(text).map_err(|_| "is not a URL")?;
    if url.scheme() != "http" {
        return Err("does not have the scheme `http`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("contains credentials");
    }
    let host = url.host_str().ok_or("has no host")?;
    let port = url.port_or_known_default().ok_or("has no port")?;
    Ok((host.to_owned(), port))
}
