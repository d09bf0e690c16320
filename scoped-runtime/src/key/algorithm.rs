use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{ConfigurationError, Problem};

/// How a token is signed (RFC 7518, section 3.1; `EdDSA`: RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret.
    #[serde(rename = "HS256")]
    Hs256,
    /// ECDSA with P-256 and SHA-256; what Supabase recommends.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// Ed25519. Not every service accepts it yet: see [`SigningKey`](crate::SigningKey).
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// The name in a token's header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [Self::Hs256, Self::Es256, Self::Rs256, Self::EdDsa];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The algorithm as `jsonwebtoken` names it. No conversion trait, which would make that crate's version
    /// part of this crate's interface.
    pub(crate) const fn jose(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }

    /// How long its signatures are in JWS form; RSA's for a key of 2048 bits.
    pub(crate) const fn signature_bytes(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Es256 | Self::EdDsa => 64,
            Self::Rs256 => 256,
        }
    }

    /// Whether a JWS signature can have so many bytes (RFC 7518, sections 3.2 to 3.4; RFC 8037). An
    /// ECDSA signature in DER has more.
    pub(crate) const fn fits(self, bytes: usize) -> bool {
        match self {
            Self::Hs256 => bytes == 32,
            Self::Es256 | Self::EdDsa => bytes == 64,
            Self::Rs256 => matches!(bytes, 256..=1024),
        }
    }
}

/// The name in a token's header.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = ConfigurationError;

    /// The algorithm of this name, in the spelling of RFC 7518.
    fn from_str(name: &str) -> Result<Self, ConfigurationError> {
        Self::named(name).ok_or_else(|| {
            Problem::new(
                "algorithm",
                "is not one that tokens are signed with",
                "use HS256, ES256, RS256 or EdDSA",
            )
            .into()
        })
    }
}
