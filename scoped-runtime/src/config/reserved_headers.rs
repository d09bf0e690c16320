use http::HeaderName;

/// Headers that frame a message, name its destination, or control its connection. Only the transport sets them. A
/// request with one is refused: the server could take the bytes after its end for another user's request.
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

/// Whether a header frames a message, names its destination or controls its connection.
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    FRAMING.contains(&name.as_str())
}

/// Whether requests cannot have this header as a default: the transport or the query sets it.
pub(super) fn is_reserved(name: &HeaderName) -> bool {
    ["accept", "apikey", "authorization"].contains(&name.as_str()) || is_framing(name)
}
