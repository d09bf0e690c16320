//! What the server's words for a refused join or an ended channel mean.

use serde::Deserialize;

use super::json_text::JsonText;
use super::topic::Topic;
use crate::error::RealtimeErrorKind::{Limit, NewToken, Permanent, Transient};
use crate::error::{RealtimeError, RealtimeErrorKind};

/// The kind of each code, the word before the first colon of a reason.
const CODES: [(&str, RealtimeErrorKind); 13] = [
    ("InvalidJWTToken", NewToken),
    ("InvalidJWTExpiration", NewToken),
    ("MalformedJWT", NewToken),
    ("JwtSignatureError", NewToken),
    ("JwtSignerError", NewToken),
    ("Unauthorized", Permanent),
    ("PrivateOnly", Permanent),
    ("TopicNameRequired", Permanent),
    ("UnableToReplayMessages", Permanent),
    ("RealtimeDisabledForTenant", Permanent),
    ("ChannelRateLimitReached", Limit),
    ("ConnectionRateLimitReached", Limit),
    ("ClientJoinRateLimitReached", Limit),
];

/// The kind of each text that has no code. What is in neither list is transient.
const TEXTS: [(&str, RealtimeErrorKind); 14] = [
    ("Token has expired", NewToken),
    ("Fields `role` and `exp`", NewToken),
    ("is not a valid JWT", NewToken),
    ("validate JWT signature", NewToken),
    ("generate JWT signer", NewToken),
    (":signature_error", NewToken),
    (":error_generating_signer", NewToken),
    ("Unknown Error on Channel", NewToken),
    ("You do not have permissions", Permanent),
    (
        "Unable to subscribe to changes with given parameters",
        Permanent,
    ),
    ("Too many messages per second", Limit),
    ("presence rate limit exceeded", Limit),
    ("Too many presence messages per second", Limit),
    ("Track message size exceeded", Limit),
];

/// Reads a reason such as `Unauthorized: You do not have permissions ...`.
pub(super) fn read(topic: &Topic, reason: &str) -> RealtimeError {
    let is_code =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (code, text) = match reason.split_once(": ") {
        Some((code, text)) if is_code(&code) => (Some(code), text),
        _ => (None, reason),
    };
    let of_code = CODES.iter().find(|(known, _)| code == Some(*known));
    let of_text = || TEXTS.iter().find(|(known, _)| reason.contains(known));
    let kind = of_code
        .or_else(of_text)
        .map_or(Transient, |(_, kind)| *kind);
    RealtimeError::channel(kind, topic.name(), code, text)
}

/// Reads the response of a refused join.
pub(super) fn of_response(topic: &Topic, response: &JsonText) -> RealtimeError {
    #[derive(Deserialize)]
    struct Response {
        reason: String,
    }
    match serde_json::from_str::<Response>(response.as_str()) {
        Ok(Response { reason }) => read(topic, &reason),
        Err(_) => match serde_json::from_str::<String>(response.as_str()) {
            Ok(reason) => read(topic, &reason),
            Err(_) => read(topic, "the server gives no reason"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASONS: &[(&str, Option<&str>, RealtimeErrorKind)] = &[
        (
            "InvalidJWTToken: Token has expired 3 seconds ago",
            Some("InvalidJWTToken"),
            NewToken,
        ),
        (
            "MalformedJWT: The token provided is not a valid JWT",
            Some("MalformedJWT"),
            NewToken,
        ),
        ("Unknown Error on Channel", None, NewToken),
        (
            "InvalidJWTToken: Fields `role` and `exp` are required in JWT",
            Some("InvalidJWTToken"),
            NewToken,
        ),
        (
            "JwtSignatureError: Failed to validate JWT signature",
            Some("JwtSignatureError"),
            NewToken,
        ),
        (
            "JwtSignerError: Failed to generate JWT signer, check your JWT secret or JWKS configuration",
            Some("JwtSignerError"),
            NewToken,
        ),
        (
            "TopicNameRequired: You must provide a topic name",
            Some("TopicNameRequired"),
            Permanent,
        ),
        (
            "UnableToReplayMessages: Replay params are not valid",
            Some("UnableToReplayMessages"),
            Permanent,
        ),
        (
            "RealtimeDisabledForTenant: x",
            Some("RealtimeDisabledForTenant"),
            Permanent,
        ),
        (
            "ConnectionRateLimitReached: Too many connected users",
            Some("ConnectionRateLimitReached"),
            Limit,
        ),
        (
            "ClientJoinRateLimitReached: Too many joins per second",
            Some("ClientJoinRateLimitReached"),
            Limit,
        ),
        (
            "Fields `role` and `exp` are required in JWT",
            None,
            NewToken,
        ),
        (":error_generating_signer", None, NewToken),
        ("Failed to generate JWT signer", None, NewToken),
        (
            "You do not have permissions to read from this Channel topic: T",
            None,
            Permanent,
        ),
        ("Too many presence messages per second", None, Limit),
        ("Track message size exceeded", None, Limit),
        (
            "Replication connection was not established in time",
            None,
            Transient,
        ),
        (
            "UnableToConnectToProject: x",
            Some("UnableToConnectToProject"),
            Transient,
        ),
        ("TimeoutOnRpcCall: x", Some("TimeoutOnRpcCall"), Transient),
        (
            "Unauthorized: You do not have permissions to read from this Channel topic: T",
            Some("Unauthorized"),
            Permanent,
        ),
        (
            "PrivateOnly: This project only allows private channels",
            Some("PrivateOnly"),
            Permanent,
        ),
        (
            "ChannelRateLimitReached: Too many channels",
            Some("ChannelRateLimitReached"),
            Limit,
        ),
        (
            "IncreaseConnectionPool: Please increase your connection pool size",
            Some("IncreaseConnectionPool"),
            Transient,
        ),
        (
            "QueryCanceled: canceling statement due to statement timeout",
            Some("QueryCanceled"),
            Transient,
        ),
        (
            "Realtime was unable to connect to the project database",
            None,
            Transient,
        ),
        ("Token has expired 0 seconds ago", None, NewToken),
        (":signature_error", None, NewToken),
        (":increase_connection_pool", None, Transient),
        ("Too many messages per second", None, Limit),
        ("Client presence rate limit exceeded", None, Limit),
        ("MissingPartition: x", Some("MissingPartition"), Transient),
        ("", None, Transient),
        ("a: b", Some("a"), Transient),
        ("not a code: b", None, Transient),
    ];

    #[test]
    fn every_reason_that_was_measured_has_its_kind() {
        let topic = Topic::new("room").unwrap();
        for (reason, code, kind) in REASONS {
            let error = read(&topic, reason);
            assert_eq!((error.code(), error.kind()), (*code, *kind), "{reason}");
        }
    }
}
