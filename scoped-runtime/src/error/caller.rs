use std::error::Error;
use std::sync::Arc;

use super::{Violations, shown};

/// The caller of a service could not be authenticated, or lacks a permission.
///
/// The texts are for the log of the service and contain neither a token nor the value of a custom claim. A client
/// gets [`public`](Self::public).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallerError {
    /// The request has no `Authorization` header with a bearer token (RFC 6750, section 2.1).
    #[error("no bearer token; send `Authorization: Bearer <token>`")]
    Missing,
    /// The token is longer than [`VerifierOptions::max_bytes`](crate::VerifierOptions::max_bytes).
    #[error(
        "the token has {bytes} bytes, over the limit of {limit}; raise `max_bytes` if it is genuine"
    )]
    #[non_exhaustive]
    TooLarge {
        /// The token's size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The token is not a signed JWT (RFC 7519) as Supabase makes them.
    #[error("the token {reason}")]
    #[non_exhaustive]
    Malformed {
        /// What is wrong with the token.
        reason: &'static str,
    },
    /// The `alg` of the token is `none`, unknown, not allowed, or not the one of its key.
    #[error("the token's `alg` is not one that the project's keys verify")]
    Algorithm,
    /// The project has no key with the `kid` of the token.
    #[error(
        "no trusted key has the token's `kid`; was the key revoked, or is it another project's?"
    )]
    UnknownKey,
    /// The header of the token has no `kid`, and every key of the project has one.
    #[error("the token's `kid` is missing, expected the ID of a key that the project trusts")]
    MissingKeyId,
    /// The signature does not match the token and the key.
    #[error("the token's signature is wrong")]
    Signature,
    /// A required claim is missing, malformed, or the one of another project.
    #[error("the token's `{name}` {reason}")]
    #[non_exhaustive]
    InvalidClaim {
        /// The claim's name.
        name: &'static str,
        /// What is wrong with the claim.
        reason: &'static str,
    },
    /// The token is from another issuer, or for another audience.
    #[error("the token's `{name}` {found}, expected `{expected}`{hint}")]
    #[non_exhaustive]
    Mismatch {
        /// The claim's name: `iss` or `aud`.
        name: &'static str,
        /// What the token has: `is missing`, or the beginning of the value.
        found: String,
        /// The expected value.
        expected: String,
        /// What to do; may be empty.
        hint: &'static str,
    },
    /// The token has expired (`exp`).
    #[error("the token has expired")]
    Expired,
    /// The token is not valid yet (`nbf`, `iat`).
    #[error("the token's `{name}` is in the future; is this machine's clock right?")]
    #[non_exhaustive]
    NotYetValid {
        /// The claim's name.
        name: &'static str,
    },
    /// The token is valid, but its claims do not fit the struct that the service expects.
    #[error("the token's claims do not fit: {violations}")]
    #[non_exhaustive]
    ClaimsMismatch {
        /// All violations, without the values.
        violations: Violations,
    },
    /// The project's keys could not be fetched, and no cached keys can be used. The condition is transient.
    #[error("the project's keys could not be fetched")]
    #[non_exhaustive]
    KeysUnavailable {
        /// The cause.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The service requires a second factor (`aal2`).
    #[error("the caller has not signed in with a second factor")]
    InsufficientAal,
    /// The service requires another role.
    #[error("the caller does not have the role `{required}`")]
    #[non_exhaustive]
    InsufficientRole {
        /// The required role.
        required: String,
    },
    /// The service does not admit anonymous users.
    #[error("the caller is an anonymous user")]
    Anonymous,
    /// The token was verified for one project and used with the clients of another project.
    #[error(
        "the caller's token was verified for another project; use the `ScopedClients` of that project"
    )]
    AnotherProject,
}

impl CallerError {
    pub(crate) fn claim(name: &'static str, reason: &'static str) -> Self {
        Self::InvalidClaim { name, reason }
    }

    pub(crate) fn mismatch(name: &'static str, found: Option<&str>, expected: &str) -> Self {
        let found = found.map_or_else(
            || "is missing".to_owned(),
            |text| format!("is `{}`", shown(text)),
        );
        let hint = if name == "iss" {
            "; if the project issues tokens under this name, set it with `VerifierOptions::issuer`"
        } else {
            ""
        };
        Self::Mismatch {
            name,
            found,
            expected: expected.to_owned(),
            hint,
        }
    }

    pub(crate) fn malformed(reason: &'static str) -> Self {
        Self::Malformed { reason }
    }
}
