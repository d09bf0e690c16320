use http::HeaderName;

/// Headers that say where a message goes, where it ends, or what becomes of its connection. They are
/// the transport's own: a request that brings one is refused, since the bytes after its end would be
/// the beginning of another user's request.
const FRAMING: [&str; 17] = [
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
];

/// Whether a header frames a message or names a host.
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    FRAMING.contains(&name.as_str())
}
