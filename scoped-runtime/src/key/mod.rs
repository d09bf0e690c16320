//! The keys that sign tokens, one held here or one that lives elsewhere, and those that verify them.

mod algorithm;
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

pub use algorithm::Algorithm;
#[cfg(feature = "aws-kms")]
pub use aws_kms::{AwsKms, AwsKmsError};
pub(crate) use key_set::KeySet;
pub(crate) use rotation::{KeyGeneration, Keys};
pub use rotation::{RotateNow, Rotation};
pub use signer::Signer;
pub(crate) use signer::{Key, Remote};
pub use signing_key::SigningKey;
pub(crate) use verifying_key::VerifyingKey;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Problem;

/// A token's header (RFC 7515, section 4) in base64url, encoded once for each key.
fn encoded_header(algorithm: Algorithm, key_id: Option<&str>) -> String {
    let mut header = jsonwebtoken::Header::new(algorithm.jose());
    header.kid = key_id.map(str::to_owned);
    // A header of two enums and a string always serialises.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap_or_default())
}

/// A key that cannot be used. Neither text may hold anything of the key.
fn refused(reason: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new("signing_key", reason, remedy)
}
