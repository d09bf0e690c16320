use http::{HeaderMap, HeaderName, HeaderValue};

use crate::client::name::invalid;
use crate::error::ClientError;

/// Headers that the client sets, or that decide where a message goes and where it ends.
const OURS: [&str; 20] = [
    "accept-encoding",
    "apikey",
    "authorization",
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
    "x-http-method-override",
];

/// Headers for which a query has methods.
pub(super) const OF_QUERIES: &[(&str, &str)] = &[
    ("accept-profile", "use `schema(..)` of the client"),
    ("content-profile", "use `schema(..)` of the client"),
    (
        "content-type",
        "a query sends JSON; use `request(..)` for anything else",
    ),
    ("prefer", "use `prefer(..)`"),
    (
        "range",
        "use `range(..)`: the server ignores the header on writes",
    ),
    (
        "range-unit",
        "use `range(..)`: the server ignores the header on writes",
    ),
];

/// Sets a header, unless it is the client's own or has a method.
pub(super) fn set(
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
    methods: &[(&str, &'static str)],
) -> Result<(), ClientError> {
    let refuse = |reason, remedy| Err(invalid("header", name, reason, remedy));
    let Ok(key) = HeaderName::from_bytes(name.as_bytes()) else {
        return refuse("is not a header's name", "use letters, digits and `-`");
    };
    if OURS.contains(&key.as_str()) {
        return refuse("is set by the client", "leave it out");
    }
    if let Some((_, remedy)) = methods.iter().find(|(known, _)| *known == key.as_str()) {
        return refuse("has a method of its own", remedy);
    }
    let Ok(value) = HeaderValue::from_str(value) else {
        return refuse("has a value that a header cannot carry", "use ASCII text");
    };
    headers.insert(key, value);
    Ok(())
}
