use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{ConfigurationError, Violations};

/// A token could not be minted or is no longer live.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// A custom claim has the name of a claim that the runtime sets itself.
    #[error("claim `{name}` is set by the runtime; give it another name")]
    ReservedClaim {
        /// The claim's name.
        name: String,
    },
    /// A claim cannot be in a token that PostgreSQL reads.
    #[error("a claim {reason}; {remedy}")]
    InvalidClaim {
        /// Why.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Claims break rules that their struct declares.
    #[error("invalid claims: {violations}")]
    InvalidClaims {
        /// Every one, never with a value.
        violations: Violations,
    },
    /// Two sources set the same claim.
    #[error("claim `{name}` is set twice; set it in the claims or with `.claim(..)`, not in both")]
    DuplicateClaim {
        /// The claim's name.
        name: String,
    },
    /// The claims do not serialise to a JSON object.
    #[error("the claims serialise to {found}, not to an object; use a struct with named fields")]
    NotAnObject {
        /// What they serialise to, such as `a string`.
        found: &'static str,
    },
    /// A claim could not be serialised.
    #[error("claim `{name}` could not be serialised; check its `Serialize` implementation")]
    Serialize {
        /// The claim's name, or `claims` for the whole struct.
        name: String,
        /// What the serialiser said.
        source: Arc<serde_json::Error>,
    },
    /// The token is larger than the configured limit. Gateways drop bigger headers.
    #[error(
        "the token has {bytes} bytes, over the limit of {limit}; largest claims: {largest}; \
         shorten them or raise `max_token_bytes`"
    )]
    TooLarge {
        /// The token's size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
        /// The largest claims with their sizes.
        largest: LargestClaims,
    },
    /// The token's life is over, and it is one that is not renewed: the user's own, passed on, or that of
    /// a client with `auto_refresh(false)`.
    #[error("the token has expired and is not renewed; make a new client")]
    Expired,
    /// The client sends its user's own token, in whose place none can be made.
    #[error("the client passes its user's own token on; make one with `Caller::client` instead")]
    Forwarded,
    /// The clock says a time that a token cannot hold.
    #[error("the clock says a time that a token cannot hold; set the machine's clock")]
    Clock,
    /// The key is remote and there is no live token yet.
    #[error("the token has to be signed elsewhere first; await `token_async()` or a query")]
    AwaitSigner,
    /// Every token that was signed was outdated before it arrived.
    #[error(
        "tokens end before the signer has signed them; give them a longer life with `expires_in`"
    )]
    Overtaken,
    /// The remote signer failed, and there is no live token to go on with.
    #[error("the signer failed; the present token, if there was one, has ended")]
    Signer {
        /// What it said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The remote signer did not answer in time, and there is no live token to go on with.
    #[error("the signer did not answer within {after:?}; raise `signer_timeout` if it is slow")]
    SignerTimeout {
        /// The time that was waited.
        after: Duration,
    },
    /// The [`MintPolicy`](crate::MintPolicy) refused a renewal, so there is no new token.
    #[error("the mint policy refuses the token: {source}")]
    #[non_exhaustive]
    RefusedByPolicy {
        /// What it says, rule by rule.
        source: Arc<ConfigurationError>,
    },
    /// The audit sink failed, so the token was thrown away.
    #[error("the mint could not be recorded, so the token was thrown away")]
    Audit {
        /// What the sink said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The cryptographic library failed.
    #[error("the token could not be signed; the cryptographic library gave no reason")]
    Sign,
}

/// The largest claims of a token that is too large: names and sizes in bytes, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargestClaims(pub(crate) Vec<(String, usize)>);

impl LargestClaims {
    /// The claims' names with their sizes in bytes, the largest first.
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
