use http::HeaderName;

/// Headers that frame a message, name its destination, control its connection, or change how the server or the client
/// reads it. Only the transport sets them. A request with one is refused: the server could take the bytes after its
/// end for another user's request, or a read for a write.
const FRAMING: [&str; 20] = [
    "accept-encoding",
    "connection",
    "content-encoding",
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
    "x-http-method-override",
];

/// Whether only the transport may set a header: it frames a message, names its destination, controls its connection, or
/// changes how it is read.
pub(crate) fn is_of_transport(name: &HeaderName) -> bool {
    FRAMING.contains(&name.as_str())
}

/// Whether requests cannot have this header as a default: the transport or the query sets it.
pub(super) fn is_reserved(name: &HeaderName) -> bool {
    ["accept", "apikey", "authorization"].contains(&name.as_str()) || is_of_transport(name)
}
