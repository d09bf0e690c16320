use bytes::Bytes;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use http::{HeaderValue, Uri};
use url::{Host, Url};

use super::unsendable;
use crate::error::{ClientError, ConfigurationError, Problem};

/// The address of a project: scheme, host, port and base path.
pub(super) struct Origin {
    /// Ends with a slash.
    base: Url,
    pub(super) host: Host<String>,
    pub(super) port: u16,
    pub(super) is_tls: bool,
    authority: Authority,
    /// The value of the `Host` header.
    pub(super) host_header: HeaderValue,
}

impl Origin {
    pub(super) fn new(base: &Url) -> Result<Self, ConfigurationError> {
        let refuse = || Problem::new("url", "has no host", "copy the project's URL again");
        let host = base.host().ok_or_else(refuse)?.to_owned();
        let port = base.port_or_known_default().ok_or_else(refuse)?;
        let authority = match base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        Ok(Self {
            authority: authority.parse().map_err(|_| refuse())?,
            base: base.clone(),
            port,
            is_tls: base.scheme() == "https",
            host_header: HeaderValue::try_from(authority).map_err(|_| refuse())?,
            host,
        })
    }

    /// The whole URL of a target, which is relative to the project's URL.
    pub(super) fn url_of(&self, target: &str) -> Result<Uri, ClientError> {
        // Scheme and authority have been parsed already; only the path is parsed here.
        let mut parts = self.parts();
        parts.path_and_query = Some(self.path(target)?);
        Uri::from_parts(parts).map_err(|_| unsendable("has no valid URL"))
    }

    /// The path and query of a target, as HTTP/1 sends them.
    pub(super) fn path_of(&self, target: &str) -> Result<Uri, ClientError> {
        Ok(self.path(target)?.into())
    }

    fn path(&self, target: &str) -> Result<PathAndQuery, ClientError> {
        let base = self.base.path();
        let mut path = String::with_capacity(base.len() + target.len());
        path.push_str(base);
        path.push_str(target);
        PathAndQuery::from_maybe_shared(Bytes::from(path))
            .map_err(|_| unsendable("has no valid URL, or a URL longer than 64 KiB"))
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::default();
        parts.scheme = Some(if self.is_tls {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        });
        parts.authority = Some(self.authority.clone());
        parts
    }

    /// Scheme, host and port, for errors.
    pub(super) fn name(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The target of a redirect as an error shows it: without path and query, which may contain anything that the
    /// server chooses.
    pub(super) fn redirect_target(&self, to: &str) -> String {
        match self.base.join(to) {
            Ok(to) if to.origin() == self.base.origin() => "another path".to_owned(),
            Ok(to) => to.origin().ascii_serialization(),
            Err(_) => "an invalid URL".to_owned(),
        }
    }
}
