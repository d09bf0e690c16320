//! Signing keys (local keys, and remote keys in a KMS or HSM), their rotation, and verifying keys.

mod algorithm;
#[cfg(feature = "aws-kms")]
mod aws_kms;
mod jwk;
mod key_set;
mod pem;
mod private_key;
mod public_jwk;
mod rotation;
mod signer;
mod signing_key;
mod verifying_key;

pub use algorithm::Algorithm;
#[cfg(feature = "aws-kms")]
pub use aws_kms::{AwsKms, AwsKmsError};
pub(crate) use key_set::KeySet;
pub use rotation::Rotation;
pub(crate) use rotation::{KeyGeneration, Keys};
pub use signer::Signer;
pub(crate) use signer::{Key, RemoteSigner};
pub use signing_key::SigningKey;
pub(crate) use verifying_key::VerifyingKey;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Problem;

/// The header of a key's tokens (RFC 7515, section 4), in base64url.
fn encoded_header(algorithm: Algorithm, key_id: Option<&str>) -> String {
    let mut header = jsonwebtoken::Header::new(algorithm::to_jsonwebtoken(algorithm));
    header.kid = key_id.map(str::to_owned);
    // Serialising two enums and a string cannot fail.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap_or_default())
}

/// The problem of a key that cannot be used. Neither text may contain any part of the key.
fn refused(reason: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new("signing_key", reason, remedy)
}
