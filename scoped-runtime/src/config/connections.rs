use std::fmt;
#[cfg(feature = "tracing")]
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::ConfigBuilder;
use crate::error::Problem;

/// How connections are made and kept.
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
    /// A mistake in a header, until the configuration is built.
    bad_header: Option<String>,
    bad_proxy: Option<&'static str>,
}

/// Opens tunnels with `CONNECT`.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// `name:password`
    pub(crate) credentials: Option<SecretString>,
}

/// Says how a span is named to others.
#[cfg(feature = "tracing")]
#[derive(Clone)]
pub(crate) struct Traceparent(Arc<NameSpan>);

#[cfg(feature = "tracing")]
type NameSpan = dyn Fn(&tracing::Span) -> Option<String> + Send + Sync;

#[cfg(feature = "tracing")]
impl Traceparent {
    pub(crate) fn of(&self, span: &tracing::Span) -> Option<String> {
        (self.0)(span)
    }
}

#[cfg(feature = "tracing")]
impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traceparent")
    }
}

/// A certificate's text, which is long and says nothing to a reader of `Debug`.
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
                "use a header's name and ASCII text, and no header that frames a message or is the client's own",
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

/// How connections are made and kept.
impl ConfigBuilder {
    /// Trusts one more certificate authority (PEM), for a self-hosted server with a private one.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        let certificates = &mut self.settings.connections.root_certificates;
        certificates.push(Pem(pem.into()));
        self
    }

    /// Shows this certificate (PEM, with its chain) to a server that asks for one, and proves with the
    /// key (PEM: PKCS#8, PKCS#1 or SEC1) that it is ours.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<SecretString>,
    ) -> Self {
        let pair = (Pem(certificate.into()), key.into());
        self.settings.connections.client_certificate = Some(pair);
        self
    }

    /// Connects through this proxy (`http://host:port`), which is asked for a tunnel with `CONNECT`. No
    /// environment variable names one.
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

    /// What the proxy is told of who we are (`Proxy-Authorization: Basic`), after
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
            None => connections.bad_proxy = Some("has credentials and no address"),
        }
        self
    }

    /// How long a connection may be idle before it is closed; 50 seconds by default. Keep it below what
    /// the gateway allows (60 seconds for most): a request on a connection that the other side is
    /// closing has to be sent again, and a write of which a byte has left cannot be.
    pub fn connection_idle_timeout(mut self, time: Duration) -> Self {
        self.settings.connections.idle_timeout = time;
        self
    }

    /// How a connection is found out that died in silence: after `interval` without a word from the
    /// server it is asked for one (HTTP/2 PING, TCP keep-alive), and given up `timeout` later. 10 and 5
    /// seconds by default.
    pub fn keep_alive(mut self, interval: Duration, timeout: Duration) -> Self {
        self.settings.connections.keep_alive = interval;
        self.settings.connections.keep_alive_timeout = timeout;
        self
    }

    /// Gives each user connections of their own; off by default. HTTP/1 has no way to tell which
    /// request an answer belongs to but its place in the order: a server or gateway that is broken so
    /// that it sends an answer twice can thereby only ever show a user their own rows.
    pub fn connections_per_user(mut self, on: bool) -> Self {
        self.settings.connections.per_user = on;
        self
    }

    /// How often a request is sent again that failed in a way that sending it again may mend; 2 by
    /// default. Reads are, on lost connections and the statuses 502, 503 and 504; and every request of
    /// which no byte had left. All tries share the time of the request.
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.connections.retries = retries;
        self
    }

    /// Hands the trace on: the value of `traceparent` (W3C Trace Context) for the span of a request,
    /// which is a child of the span that is current where the request is sent. What names spans is the
    /// program's choice; with `tracing-opentelemetry` it is
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

    /// Sends this header with every request that does not set it itself.
    pub fn default_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let connections = &mut self.settings.connections;
        let key = HeaderName::from_bytes(name.as_ref().as_bytes());
        let value = HeaderValue::from_str(value.as_ref());
        match (key, value) {
            (Ok(key), Ok(value)) if !is_ours(&key) => {
                connections.headers.insert(key, value);
            }
            _ => connections.bad_header = Some(name.as_ref().chars().take(40).collect()),
        }
        self
    }
}

fn is_ours(name: &HeaderName) -> bool {
    ["accept", "apikey", "authorization"].contains(&name.as_str())
        || crate::config::is_framing(name)
}

fn proxy(text: &str) -> Result<(String, u16), &'static str> {
    let url = url::Url::parse(text).map_err(|_| "is not a URL")?;
    if url.scheme() != "http" {
        return Err("is not reached with `http`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds credentials");
    }
    let host = url.host_str().ok_or("has no host")?;
    let port = url.port_or_known_default().ok_or("has no port")?;
    Ok((host.to_owned(), port))
}
