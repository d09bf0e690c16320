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

    type Reasons = [(RealtimeErrorKind, &'static [&'static str])];

    const WITH_CODE: &Reasons = &[
        (
            NewToken,
            &[
                "InvalidJWTToken: Token has expired 3 seconds ago",
                "MalformedJWT: The token provided is not a valid JWT",
                "InvalidJWTToken: Fields `role` and `exp` are required in JWT",
                "JwtSignatureError: Failed to validate JWT signature",
                "JwtSignerError: Failed to generate JWT signer, check your JWT secret or JWKS configuration",
            ],
        ),
        (
            Permanent,
            &[
                "TopicNameRequired: You must provide a topic name",
                "UnableToReplayMessages: Replay params are not valid",
                "RealtimeDisabledForTenant: x",
                "Unauthorized: You do not have permissions to read from this Channel topic: T",
                "PrivateOnly: This project only allows private channels",
            ],
        ),
        (
            Limit,
            &[
                "ConnectionRateLimitReached: Too many connected users",
                "ClientJoinRateLimitReached: Too many joins per second",
                "ChannelRateLimitReached: Too many channels",
            ],
        ),
        (
            Transient,
            &[
                "UnableToConnectToProject: x",
                "TimeoutOnRpcCall: x",
                "IncreaseConnectionPool: Please increase your connection pool size",
                "QueryCanceled: canceling statement due to statement timeout",
                "MissingPartition: x",
                "a: b",
            ],
        ),
    ];

    const WITHOUT_CODE: &Reasons = &[
        (
            NewToken,
            &[
                "Unknown Error on Channel",
                "Fields `role` and `exp` are required in JWT",
                ":error_generating_signer",
                "Failed to generate JWT signer",
                "Token has expired 0 seconds ago",
                ":signature_error",
            ],
        ),
        (
            Permanent,
            &["You do not have permissions to read from this Channel topic: T"],
        ),
        (
            Limit,
            &[
                "Too many presence messages per second",
                "Track message size exceeded",
                "Too many messages per second",
                "Client presence rate limit exceeded",
            ],
        ),
        (
            Transient,
            &[
                "Replication connection was not established in time",
                "Realtime was unable to connect to the project database",
                ":increase_connection_pool",
                "",
                "not a code: b",
            ],
        ),
    ];

    #[test]
    fn every_reason_that_was_measured_has_its_kind() {
        let topic = Topic::new("room").unwrap();
        for (has_code, reasons) in [(true, WITH_CODE), (false, WITHOUT_CODE)] {
            for (kind, reasons) in reasons {
                for reason in *reasons {
                    let error = read(&topic, reason);
                    let (code, text) = match reason.split_once(": ") {
                        Some((code, text)) if has_code => (Some(code), text),
                        _ => (None, *reason),
                    };
                    assert_eq!((error.code(), error.reason()), (code, text));
                    assert_eq!(error.kind(), *kind, "{reason}");
                }
            }
        }
    }
}
