mod mapping;

#[cfg(feature = "functions")]
use mapping::of_function;
#[cfg(feature = "graphql")]
use mapping::of_graphql;
#[cfg(feature = "postgres")]
use mapping::of_postgres;
use mapping::{BUSY, DENIED, EXPIRED, INTERNAL, TIMEOUT, of_api, of_auth};
#[cfg(feature = "storage")]
use mapping::{INVALID_KEY, of_storage};

use super::{CallerError, ClientError, Error, TokenError};

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
            #[cfg(feature = "storage")]
            Self::Storage(error) => of_storage(error),
            #[cfg(feature = "functions")]
            Self::Function(error) => of_function(error),
            #[cfg(feature = "graphql")]
            Self::Graphql(error) => of_graphql(error),
            Self::Auth(error) => of_auth(error),
            #[cfg(feature = "realtime")]
            Self::Realtime(error) if error.is_denied() => DENIED,
            #[cfg(feature = "realtime")]
            Self::Realtime(error) if error.is_transient() => BUSY,
            #[cfg(feature = "realtime")]
            Self::Realtime(_) => INTERNAL,
            Self::Client(ClientError::Timeout { .. }) => TIMEOUT,
            Self::Client(ClientError::Transport { .. })
            | Self::Token(TokenError::Signer { .. } | TokenError::SignerTimeout { .. }) => BUSY,
            Self::Client(ClientError::Closed) | Self::Token(TokenError::RefusedByPolicy { .. }) => {
                DENIED
            }
            #[cfg(feature = "storage")]
            Self::Client(ClientError::InvalidName { kind: "key", .. }) => INVALID_KEY,
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
