//! What each service's error means for the caller.

use super::PublicError;
#[cfg(feature = "functions")]
use crate::error::FunctionError;
#[cfg(feature = "graphql")]
use crate::error::GraphqlError;
#[cfg(feature = "postgres")]
use crate::error::PostgresError;
#[cfg(feature = "storage")]
use crate::error::StorageError;
use crate::error::{ApiError, AuthError};

pub(super) const EXPIRED: PublicError = PublicError::new(401, "PGRST303", "JWT expired")
    .challenge_with(r#"Bearer error="invalid_token", error_description="JWT expired""#);
const RAISED: PublicError = PublicError::new(400, "P0001", "the database refused it");
const NO_ROW: PublicError = PublicError::new(404, "PGRST116", "the row does not exist");
const WRONG_KIND: PublicError = PublicError::new(400, "22000", "a value is of the wrong kind");
pub(super) const DENIED: PublicError = PublicError::new(403, "42501", "permission denied");
pub(super) const TIMEOUT: PublicError =
    PublicError::new(504, "timeout", "the database took too long");
pub(super) const BUSY: PublicError =
    PublicError::new(503, "unavailable", "try again later").retry_in(5);
pub(super) const INTERNAL: PublicError = PublicError::new(500, "internal", "the service failed");

const NO_OBJECT: PublicError = PublicError::new(404, "not_found", "the object does not exist");
const OBJECT_EXISTS: PublicError = PublicError::new(409, "already_exists", "there is one already");

#[cfg(feature = "storage")]
pub(super) const INVALID_KEY: PublicError =
    PublicError::new(400, "invalid_key", "the name is not allowed");

/// The status that a database function chose by raising the code `PTxyz`. See
/// <https://docs.postgrest.org/en/stable/references/errors.html#raise-errors-with-http-status-codes>.
fn raised_status(code: &str) -> Option<u16> {
    code.strip_prefix("PT")?.parse().ok()
}

/// See <https://docs.postgrest.org/en/stable/references/errors.html>.
pub(super) fn of_api(error: &ApiError) -> PublicError {
    if error.is_expired_token() {
        return EXPIRED;
    }
    match (error.code().unwrap_or_default(), error.status()) {
        ("PGRST116", _) if error.is_no_row() => NO_ROW,
        // Class 22, data exception: a text that is not a number, a number out of range, ...
        (code, 400) if code.starts_with("22") && code.len() == 5 => WRONG_KIND,
        ("PGRST103", _) => PublicError::new(416, "PGRST103", "there are fewer rows"),
        // `raise exception` with a code `PTxyz` for the status xyz.
        (code, status @ 400..=599) if raised_status(code) == Some(status) => {
            PublicError { status, ..RAISED }
        }
        // Storage answers 400 to everything that the caller may have done; its code says what it was. A read
        // that a policy refuses is the same as one of what is not there.
        ("NoSuchKey" | "NoSuchBucket" | "not_found", 400 | 404) => NO_OBJECT,
        ("KeyAlreadyExists" | "ResourceAlreadyExists" | "Duplicate", 400 | 409) => OBJECT_EXISTS,
        ("AccessDenied", _) if error.message().contains("row-level security") => DENIED,
        (code, status) => of_sqlstate(code).unwrap_or(match status {
            504 => TIMEOUT,
            429 | 502 | 503 => BUSY,
            _ => INTERNAL,
        }),
    }
}

/// What a `SQLSTATE` means for the caller, whichever way it came. See
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_sqlstate(code: &str) -> Option<PublicError> {
    Some(match code {
        "42501" => DENIED,
        "23505" => PublicError::new(409, "23505", "there is one already"),
        "23503" => PublicError::new(409, "23503", "something else refers to it, or is missing"),
        "23514" => PublicError::new(400, "23514", "a value breaks a rule"),
        "23502" => PublicError::new(400, "23502", "a value is missing"),
        // `raise exception` without a code.
        "P0001" => RAISED,
        "40001" | "40P01" => BUSY,
        "57014" => TIMEOUT,
        _ => return None,
    })
}

#[cfg(feature = "postgres")]
pub(super) fn of_postgres(error: &PostgresError) -> PublicError {
    match error {
        PostgresError::Timeout { .. } => TIMEOUT,
        PostgresError::Connection { .. } => BUSY,
        PostgresError::NoRow => NO_ROW,
        PostgresError::Database(error) => {
            let code = error.code();
            match raised_status(code) {
                Some(status @ 400..=599) => PublicError { status, ..RAISED },
                _ if code.starts_with("22") => WRONG_KIND,
                // Too many connections, and a server that starts or stops.
                _ if matches!(code, "53300" | "57P01" | "57P02" | "57P03") => BUSY,
                _ => of_sqlstate(code).unwrap_or(INTERNAL),
            }
        }
        _ => INTERNAL,
    }
}

/// The error's own words are not told: a message may name a bucket or a key.
#[cfg(feature = "storage")]
pub(super) fn of_storage(error: &StorageError) -> PublicError {
    if error.is_expired_token() {
        return EXPIRED;
    }
    match error.code().unwrap_or_default() {
        "InvalidKey" | "InvalidBucketName" => return INVALID_KEY,
        _ if error.is_not_found() => return NO_OBJECT,
        _ if error.already_exists() => return OBJECT_EXISTS,
        _ if error.is_too_large() => {
            return PublicError::new(413, "too_large", "the object is too large");
        }
        _ if error.is_wrong_type() => {
            return PublicError::new(415, "wrong_type", "the content type is not allowed");
        }
        // `permission denied to set role` is a mistake of the operator.
        _ if error.is_denied() && !error.message().contains("set role") => return DENIED,
        _ => {}
    }
    match error.status() {
        416 => PublicError::new(416, "invalid_range", "the object has fewer bytes"),
        504 | 544 => TIMEOUT,
        _ if error.is_transient() => BUSY,
        _ => INTERNAL,
    }
}

/// The status of a function is its own answer to the user; its words are not told, since they may be private. A
/// function that is missing or did not run is a matter of the operator.
#[cfg(feature = "functions")]
pub(super) fn of_function(error: &FunctionError) -> PublicError {
    if error.is_expired_token() {
        return EXPIRED;
    }
    if error.is_relay() {
        return BUSY;
    }
    match error.status() {
        400 | 422 => PublicError::new(400, "function_refused", "the function refused it"),
        401 | 403 => PublicError::new(403, "function_denied", "permission denied"),
        // The code of the gateway when the project has no such function.
        404 if error.code() != Some("NOT_FOUND") => {
            PublicError::new(404, "not_found", "the function did not find it")
        }
        409 => PublicError::new(409, "conflict", "it is in conflict with what is there"),
        429 | 502 | 503 => BUSY,
        504 => TIMEOUT,
        _ => INTERNAL,
    }
}

#[cfg(feature = "graphql")]
pub(super) fn of_graphql(error: &GraphqlError) -> PublicError {
    if error.is_expired_token() {
        return EXPIRED;
    }
    if let Some(known) = error.code().and_then(of_sqlstate) {
        return known;
    }
    match error.status() {
        504 => TIMEOUT,
        // A token that the server does not trust is a matter of the operator.
        401 => INTERNAL,
        _ if error.is_denied() => DENIED,
        _ if error.is_transient() => BUSY,
        _ => INTERNAL,
    }
}

pub(super) fn of_auth(error: &AuthError) -> PublicError {
    match error.code().unwrap_or_default() {
        _ if error.is_expired_token() => EXPIRED,
        "user_not_found" => PublicError::new(404, "user_not_found", "the user does not exist"),
        "user_banned" => PublicError::new(403, "user_banned", "the user is banned"),
        _ if error.is_transient() => BUSY,
        _ => INTERNAL,
    }
}
