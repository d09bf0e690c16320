use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{ConfigurationError, Violations};

/// A token could not be minted, or has expired and is not renewed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// A custom claim has the name of a [reserved](crate::RESERVED) claim, which the library sets itself.
    #[error("claim `{name}` is set by the runtime; give it another name")]
    #[non_exhaustive]
    ReservedClaim {
        /// The claim's name.
        name: String,
    },
    /// A claim has a value that PostgreSQL could not read from the token.
    #[error("a claim {reason}; {remedy}")]
    #[non_exhaustive]
    InvalidClaim {
        /// Why the value is refused.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The claims break constraints that their struct declares.
    #[error("invalid claims: {violations}")]
    #[non_exhaustive]
    InvalidClaims {
        /// All violations, without the values.
        violations: Violations,
    },
    /// A claim is set twice.
    #[error("claim `{name}` is set twice; set it in the claims or with `.claim(..)`, not in both")]
    #[non_exhaustive]
    DuplicateClaim {
        /// The claim's name.
        name: String,
    },
    /// The claims do not serialise to a JSON object.
    #[error("the claims serialise to {found}, not to an object; use a struct with named fields")]
    #[non_exhaustive]
    NotAnObject {
        /// What the claims serialise to, such as `a string`.
        found: &'static str,
    },
    /// A claim could not be serialised.
    #[error("claim `{name}` could not be serialised; check its `Serialize` implementation")]
    #[non_exhaustive]
    Serialize {
        /// The claim's name, or `claims` for the whole struct.
        name: String,
        /// The error of the serialiser.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The token is larger than [`max_token_bytes`](crate::ConfigBuilder::max_token_bytes). Gateways reject larger
    /// headers.
    #[error(
        "the token has {bytes} bytes, over the limit of {limit}; largest claims: {largest}; \
         shorten them or raise `max_token_bytes`"
    )]
    #[non_exhaustive]
    TooLarge {
        /// The token's size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
        /// The largest claims with their sizes.
        largest: LargestClaims,
    },
    /// The token has expired and is not renewed: it is a caller's own token, which is forwarded, or the client
    /// was made with `auto_refresh(false)`.
    #[error("the token has expired and is not renewed; make a new client")]
    Expired,
    /// The client forwards its caller's own token, so no other token can be minted for it.
    #[error(
        "the client forwards the caller's own token; make one that mints with `Caller::client`"
    )]
    Forwarded,
    /// The clock is before 1970 or too far in the future for a token.
    #[error("the time of the clock cannot be written to a token; set the machine's clock")]
    Clock,
    /// The token has to be signed by a remote signer or recorded by an async audit sink, and no token is cached
    /// yet.
    #[error(
        "the token has to be signed or recorded remotely first; await `token_async()` or a query"
    )]
    AwaitSigner,
    /// Every token had expired, or its key had been rotated out, before the signer returned it.
    #[error(
        "tokens expire before the signer returns them; set a longer lifetime with `expires_in`"
    )]
    SignedTooLate,
    /// The remote signer failed, and no cached token can be used.
    #[error("the signer failed, and no token is left that has not expired")]
    #[non_exhaustive]
    Signer {
        /// The error of the signer.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The remote signer did not respond within [`signer_timeout`](crate::ConfigBuilder::signer_timeout), and no
    /// cached token can be used.
    #[error("the signer did not respond within {after:?}; raise `signer_timeout` if it is slow")]
    #[non_exhaustive]
    SignerTimeout {
        /// The timeout.
        after: Duration,
    },
    /// The [`MintPolicy`](crate::MintPolicy) refused a renewal.
    #[error("the mint policy refuses the token: {source}")]
    #[non_exhaustive]
    RefusedByPolicy {
        /// The broken rules.
        source: Arc<ConfigurationError>,
    },
    /// The audit sink failed, so the token was discarded.
    #[error("the mint could not be recorded, so the token was discarded")]
    #[non_exhaustive]
    Audit {
        /// The error of the sink.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The cryptographic library failed to sign, or to generate random numbers.
    #[error("the token could not be signed; the cryptographic library gave no reason")]
    Sign,
}

/// The largest custom claims of a token that is too large, with their sizes; see [`TokenError::TooLarge`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargestClaims(pub(crate) Vec<(String, usize)>);

impl LargestClaims {
    /// The names of the claims and their sizes in bytes, the largest first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), *bytes))
    }
}

impl fmt::Display for LargestClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, bytes)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}` ({bytes} bytes)")?;
        }
        Ok(())
    }
}
