use std::error::Error;
use std::sync::Arc;

use super::{Violations, shown};

/// It is not known who is calling, or they may not do this. The texts are for the server's log; what a
/// client is told is [`Error::public`](crate::Error::public). Never with a token or a claim's value.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallerError {
    /// There is no `Authorization` header, or it has no bearer token (RFC 6750, section 2.1).
    #[error("no bearer token; send `Authorization: Bearer <token>`")]
    Missing,
    /// The token is longer than [`VerifierOptions::max_bytes`](crate::VerifierOptions::max_bytes).
    #[error(
        "the token has {bytes} bytes, over the limit of {limit}; raise `max_bytes` if it is real"
    )]
    TooLarge {
        /// The token's size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It is no signed JWT of the kind that Supabase makes.
    #[error("the token {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Its `alg` is `none`, unknown, not allowed, or another than its key's.
    #[error("the token's `alg` is not one that the project's keys verify")]
    Algorithm,
    /// No key that the project trusts has the token's `kid`.
    #[error("no trusted key has the token's `kid`; a revoked key, or another project's?")]
    UnknownKey,
    /// The token's header has no `kid`, and every key that the project trusts has one.
    #[error("the token's `kid` is missing, expected the ID of a key that the project trusts")]
    MissingKeyId,
    /// The signature is not one of the key.
    #[error("the token's signature is wrong")]
    Signature,
    /// A claim that every token has is missing, malformed, or another project's.
    #[error("the token's `{name}` {reason}")]
    InvalidClaim {
        /// The claim's name.
        name: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A claim says that the token is another issuer's, or for another audience.
    #[error("the token's `{name}` {found}, expected `{expected}`{hint}")]
    #[non_exhaustive]
    Mismatch {
        /// The claim's name: `iss` or `aud`.
        name: &'static str,
        /// What it is: `is missing`, or its beginning.
        found: String,
        /// What it has to be.
        expected: String,
        /// What to do.
        hint: &'static str,
    },
    /// The token's life is over (`exp`).
    #[error("the token has expired")]
    Expired,
    /// The token's life has not begun (`nbf`, `iat`).
    #[error("the token's `{name}` is in the future; is this machine's clock right?")]
    NotYetValid {
        /// The claim's name.
        name: &'static str,
    },
    /// The token is good, but its claims are not those of the struct that was asked for.
    #[error("the token's claims do not fit: {violations}")]
    ClaimsMismatch {
        /// Every one, never with a value.
        violations: Violations,
    },
    /// The project's keys could not be fetched, and there are none to go on with. It may pass.
    #[error("the project's keys could not be fetched")]
    KeysUnavailable {
        /// What went wrong.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A second factor is required (`aal2`).
    #[error("the caller has not signed in with a second factor")]
    InsufficientAal,
    /// Another role is required.
    #[error("the caller has not the role `{required}`")]
    InsufficientRole {
        /// The role.
        required: String,
    },
    /// Anonymous users are not admitted.
    #[error("the caller is an anonymous user")]
    Anonymous,
    /// The token was verified for another project than the one it is to be used with.
    #[error("the caller's token was verified by another project; use that one's `ScopedClients`")]
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
            "; if the project issues tokens under this name, say so with `VerifierOptions::issuer`"
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
