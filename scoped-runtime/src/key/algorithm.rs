use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{ConfigurationError, Problem};

/// The signature algorithm of a token, `alg` in its header (RFC 7518, section 3.1; `EdDSA`: RFC 8037).
///
/// `Display`, `FromStr` and serde use the names of RFC 7518.
///
/// ```
/// use scoped_runtime::Algorithm;
///
/// let algorithm: Algorithm = "ES256".parse()?;
/// assert_eq!(algorithm, Algorithm::Es256);
/// assert_eq!(algorithm.to_string(), "ES256");
/// # Ok::<(), scoped_runtime::ConfigurationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256: the key is a shared secret.
    #[serde(rename = "HS256")]
    Hs256,
    /// ECDSA on P-256 with SHA-256, which Supabase recommends.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// Ed25519. Not every service accepts it: see [`SigningKey`](crate::SigningKey).
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// The name of the algorithm in the header of a token, such as `ES256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [Self::Hs256, Self::Es256, Self::Rs256, Self::EdDsa];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The length of a JWS signature in bytes; for RSA with a key of 2048 bits.
    pub(crate) const fn signature_bytes(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Es256 | Self::EdDsa => 64,
            Self::Rs256 => 256,
        }
    }

    /// Whether a JWS signature can have so many bytes (RFC 7518, sections 3.2 to 3.4; RFC 8037, section 3.1). A DER
    /// encoded ECDSA signature is longer.
    pub(crate) const fn allows_length(self, bytes: usize) -> bool {
        match self {
            Self::Hs256 => bytes == 32,
            Self::Es256 | Self::EdDsa => bytes == 64,
            Self::Rs256 => matches!(bytes, 256..=1024),
        }
    }
}

/// Shows the [`name`](Self::name).
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = ConfigurationError;

    /// Parses the name of RFC 7518, such as `ES256`.
    fn from_str(name: &str) -> Result<Self, ConfigurationError> {
        Self::named(name).ok_or_else(|| {
            Problem::new(
                "algorithm",
                "is not supported",
                "use HS256, ES256, RS256 or EdDSA",
            )
            .into()
        })
    }
}

impl TryFrom<&str> for Algorithm {
    type Error = ConfigurationError;

    fn try_from(name: &str) -> Result<Self, ConfigurationError> {
        name.parse()
    }
}

/// The algorithm as the type of `jsonwebtoken`.
pub(super) const fn to_jsonwebtoken(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
    }
}
