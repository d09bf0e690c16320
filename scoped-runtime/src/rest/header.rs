//! Headers that a program sets on a query or a request.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::client::name::invalid;
use crate::config::is_of_transport;
use crate::error::ClientError;

/// Headers that say who sends the request.
const SET_BY_CLIENT: [&str; 2] = ["apikey", "authorization"];

/// Headers for which a query has a method, with the remedy of the error.
pub(super) const WITH_QUERY_METHOD: &[(&str, &str)] = &[
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

/// Sets a header. Headers of the client and headers in `methods` are refused.
pub(super) fn set(
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
    methods: &[(&str, &'static str)],
) -> Result<(), ClientError> {
    let refuse = |reason, remedy| Err(invalid("header", name, reason, remedy));
    let Ok(key) = HeaderName::from_bytes(name.as_bytes()) else {
        return refuse("is not the name of a header", "use letters, digits and `-`");
    };
    if is_of_transport(&key) || SET_BY_CLIENT.contains(&key.as_str()) {
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
