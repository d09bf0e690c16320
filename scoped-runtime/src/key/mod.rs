//! The keys that sign tokens, one held here or one that lives elsewhere, and those that verify them.

#[cfg(feature = "aws-kms")]
mod aws_kms;
mod jwk;
mod key_set;
mod material;
mod pem;
mod public_jwk;
mod rotation;
mod signer;
mod signing_key;
mod verifying_key;

#[cfg(feature = "aws-kms")]
pub use aws_kms::{AwsKms, AwsKmsError};
pub(crate) use key_set::KeySet;
pub(crate) use rotation::{Keys, Turn};
pub use rotation::{RotateNow, Rotation};
pub use signer::Signer;
pub(crate) use signer::{Key, Remote};
pub use signing_key::SigningKey;
pub(crate) use verifying_key::VerifyingKey;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::error::Problem;

/// How a token is signed (RFC 7518, section 3.1; `EdDSA`: RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret.
    Hs256,
    /// ECDSA with P-256 and SHA-256; what Supabase recommends.
    Es256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
    /// Ed25519. Not every service accepts it yet: see [`SigningKey`].
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

/// A token's header (RFC 7515, section 4; RFC 7519, section 5.1).
#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

/// A token's header in base64url, encoded once for each key.
fn encoded_header(algorithm: Algorithm, key_id: Option<&str>) -> String {
    let header = Header {
        typ: "JWT",
        alg: algorithm.name(),
        kid: key_id,
    };
    // Texts always serialise.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap_or_default())
}

/// A key that cannot be used. Neither text may hold anything of the key.
fn refused(reason: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new("signing_key", reason, remedy)
}
