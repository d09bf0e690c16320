#[cfg(feature = "postgres")]
use super::PostgresError;
use super::{ApiError, CallerError, ClientError, Error, TokenError};

/// The part of an error that a service may show to its clients: an HTTP status, headers, and a JSON body in the
/// form of `PostgREST`'s errors.
///
/// All texts are constants, so no SQL, constraint, table, claim or token can be in them. Log the error itself. With
/// the features `axum` and `actix-web` an [`Error`] that a handler returns becomes this response; with other
/// frameworks, build a response from it.
///
/// ```
/// use scoped_runtime::{CallerError, Error};
///
/// let error = Error::from(CallerError::Missing).public();
/// assert_eq!(error.status(), 401);
/// assert_eq!(error.challenge(), Some("Bearer"));
/// assert_eq!(
///     error.body(),
///     r#"{"code":"PGRST302","message":"a bearer token is required","details":null,"hint":null}"#,
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicError {
    status: u16,
    code: &'static str,
    message: &'static str,
    hint: Option<&'static str>,
    challenge: Option<&'static str>,
    retry_after: Option<u32>,
}

impl PublicError {
    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            code,
            message,
            hint: None,
            challenge: None,
            retry_after: None,
        }
    }

    const fn hint(self, hint: &'static str) -> Self {
        let hint = Some(hint);
        Self { hint, ..self }
    }

    const fn challenge_with(self, challenge: &'static str) -> Self {
        let challenge = Some(challenge);
        Self { challenge, ..self }
    }

    const fn retry_in(self, seconds: u32) -> Self {
        let retry_after = Some(seconds);
        Self {
            retry_after,
            ..self
        }
    }

    /// The HTTP status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The code of `PostgREST` or PostgreSQL if there is one for this error, else a word such as
    /// `insufficient_role`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// A short description, the same for every error of this kind.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.message
    }

    /// The value of the `WWW-Authenticate` header (RFC 6750, section 3), for status 401.
    #[must_use]
    pub const fn challenge(&self) -> Option<&'static str> {
        self.challenge
    }

    /// The value of the `Retry-After` header in seconds, for status 503.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The body: a JSON object with `code`, `message`, `details` and `hint`, as in `PostgREST`'s errors.
    #[must_use]
    pub fn body(&self) -> String {
        // The texts contain no character that JSON escapes.
        let hint = self
            .hint
            .map_or_else(|| "null".to_owned(), |hint| format!("\"{hint}\""));
        format!(
            r#"{{"code":"{}","message":"{}","details":null,"hint":{hint}}}"#,
            self.code, self.message
        )
    }
}

impl Error {
    /// What a client of the service may be told about this error. An error that only the operator of the service
    /// can repair is a 500 without details.
    #[must_use]
    pub fn public(&self) -> PublicError {
        match self {
            Self::Caller(error) => error.public(),
            Self::Api(error) => of_api(error),
            #[cfg(feature = "postgres")]
            Self::Postgres(error) => of_postgres(error),
            Self::Client(ClientError::Timeout { .. }) => TIMEOUT,
            Self::Client(ClientError::Transport { .. })
            | Self::Token(TokenError::Signer { .. } | TokenError::SignerTimeout { .. }) => BUSY,
            Self::Client(ClientError::Closed) | Self::Token(TokenError::RefusedByPolicy { .. }) => {
                DENIED
            }
            Self::Client(ClientError::InvalidUserId { .. }) => {
                PublicError::new(400, "invalid_user_id", "this is not the ID of a user")
            }
            Self::Token(TokenError::Expired) => EXPIRED,
            Self::Client(_) | Self::Token(_) | Self::Configuration(_) => INTERNAL,
        }
    }
}

impl CallerError {
    /// What a client of the service may be told about this error. The reason why a token was refused is told
    /// only if the token has expired.
    #[must_use]
    pub fn public(&self) -> PublicError {
        match self {
            Self::Missing => PublicError::new(401, "PGRST302", "a bearer token is required")
                .challenge_with("Bearer"),
            Self::Expired => EXPIRED,
            Self::TooLarge { .. }
            | Self::Malformed { .. }
            | Self::Algorithm
            | Self::UnknownKey
            | Self::MissingKeyId
            | Self::Signature
            | Self::InvalidClaim { .. }
            | Self::Mismatch { .. }
            | Self::NotYetValid { .. } => {
                PublicError::new(401, "PGRST301", "the token is not valid").challenge_with(
                    r#"Bearer error="invalid_token", error_description="the token is not valid""#,
                )
            }
            Self::ClaimsMismatch { .. } => {
                PublicError::new(403, "claims_mismatch", "the token's claims do not fit")
            }
            Self::KeysUnavailable { .. } => {
                let message = "tokens cannot be checked at the moment";
                PublicError::new(503, "keys_unavailable", message).retry_in(5)
            }
            Self::InsufficientAal => {
                PublicError::new(403, "insufficient_aal", "a second factor is required")
                    .hint("sign in with a second factor")
            }
            Self::InsufficientRole { .. } => {
                PublicError::new(403, "insufficient_role", "another role is required")
            }
            Self::Anonymous => {
                PublicError::new(403, "anonymous_user", "this is not for anonymous users")
                    .hint("sign up, or link an identity")
            }
            Self::AnotherProject => INTERNAL,
        }
    }
}

const EXPIRED: PublicError = PublicError::new(401, "PGRST303", "JWT expired")
    .challenge_with(r#"Bearer error="invalid_token", error_description="JWT expired""#);
const RAISED: PublicError = PublicError::new(400, "P0001", "the database refused it");
const NO_ROW: PublicError = PublicError::new(404, "PGRST116", "no such row");
const WRONG_KIND: PublicError = PublicError::new(400, "22000", "a value is of the wrong kind");
const DENIED: PublicError = PublicError::new(403, "42501", "permission denied");
const TIMEOUT: PublicError = PublicError::new(504, "timeout", "the database took too long");
const BUSY: PublicError = PublicError::new(503, "unavailable", "try again later").retry_in(5);
const INTERNAL: PublicError = PublicError::new(500, "internal", "the service failed");

/// Whether a database function chose this status by raising the code `PTxyz`. See
/// <https://docs.postgrest.org/en/stable/references/errors.html#raise-errors-with-http-status-codes>.
fn is_raised_status(code: &str, status: u16) -> bool {
    code.strip_prefix("PT")
        .and_then(|digits| digits.parse().ok())
        == Some(status)
}

/// See <https://docs.postgrest.org/en/stable/references/errors.html>.
fn of_api(error: &ApiError) -> PublicError {
    if error.is_expired_token() {
        return EXPIRED;
    }
    match (error.code().unwrap_or_default(), error.status()) {
        ("PGRST116", _) if error.is_no_row() => NO_ROW,
        // Class 22, data exception: a text that is not a number, a number out of range, ...
        (code, 400) if code.starts_with("22") && code.len() == 5 => WRONG_KIND,
        ("PGRST103", _) => PublicError::new(416, "PGRST103", "there are fewer rows"),
        // `raise exception` with a code `PTxyz` for the status xyz.
        (code, status @ 400..=599) if is_raised_status(code, status) => {
            PublicError { status, ..RAISED }
        }
        // Storage answers 400 to everything that the caller may have done; its code says what it was. A read
        // that a policy refuses is the same as one of what is not there.
        ("NoSuchKey" | "NoSuchBucket" | "not_found", 400 | 404) => {
            PublicError::new(404, "not_found", "there is no such object")
        }
        ("KeyAlreadyExists" | "ResourceAlreadyExists" | "Duplicate", 400 | 409) => {
            PublicError::new(409, "already_exists", "there is one already")
        }
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
fn of_postgres(error: &PostgresError) -> PublicError {
    match error {
        PostgresError::Timeout { .. } => TIMEOUT,
        PostgresError::Connection { .. } => BUSY,
        PostgresError::NoRow => NO_ROW,
        PostgresError::Database(error) => {
            let code = error.code();
            let raised = code
                .strip_prefix("PT")
                .and_then(|digits| digits.parse().ok());
            match raised {
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
