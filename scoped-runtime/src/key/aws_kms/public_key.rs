use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use aws_sdk_kms::types::SigningAlgorithmSpec;
use serde_json::Value;

use super::der::{self, Numbers};
use crate::key::{Algorithm, public_jwk};

/// The public half of a key, as it verifies and as it is registered.
#[derive(Clone)]
pub(super) struct PublicKey {
    family: Family,
    verifying: ParsedPublicKey,
    jwk: Value,
}

/// The kinds of key that AWS KMS has and that tokens are signed with.
#[derive(Clone, Copy)]
enum Family {
    P256,
    Rsa,
}

impl PublicKey {
    /// Reads the DER of a `SubjectPublicKeyInfo` (RFC 5280, section 4.1). Nothing when it is a key of another
    /// kind, or not a key: not on the curve, or under 2048 bits.
    pub(super) fn from_spki(spki: &[u8], key_id: &str) -> Option<Self> {
        let (family, parameters) = match der::public_numbers(spki)? {
            Numbers::P256 { x, y } => (Family::P256, public_jwk::p256(x, y)),
            Numbers::Rsa { n, e } => (Family::Rsa, public_jwk::rsa(n, e)),
        };
        let jwk = public_jwk::with_parameters(parameters, family.algorithm(), Some(key_id))?;
        Some(Self {
            family,
            verifying: ParsedPublicKey::new(family.verification(), spki).ok()?,
            jwk,
        })
    }

    pub(super) fn jwk(&self) -> &Value {
        &self.jwk
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        self.family.algorithm()
    }

    /// The algorithm's name in AWS KMS.
    pub(super) const fn signing_algorithm(&self) -> SigningAlgorithmSpec {
        match self.family {
            Family::P256 => SigningAlgorithmSpec::EcdsaSha256,
            Family::Rsa => SigningAlgorithmSpec::RsassaPkcs1V15Sha256,
        }
    }

    /// The signature as JWS wants it. Nothing when this key did not sign `input` with it.
    pub(super) fn jose_signature(&self, input: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
        let signature = match self.family {
            Family::P256 => der::jose_signature(signature)?.to_vec(),
            Family::Rsa => signature.to_vec(),
        };
        self.verifying.verify_sig(input, &signature).ok()?;
        Some(signature)
    }
}

impl Family {
    const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::Es256,
            Self::Rsa => Algorithm::Rs256,
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::Rsa => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}
