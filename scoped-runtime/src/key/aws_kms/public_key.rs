use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use aws_sdk_kms::types::SigningAlgorithmSpec;
use serde_json::Value;

use super::der::{self, PublicNumbers};
use crate::key::{Algorithm, public_jwk};

/// The public key of a key in AWS KMS, as a verifying key and as a JWK.
#[derive(Clone)]
pub(super) struct PublicKey {
    key_type: KeyType,
    verifying: ParsedPublicKey,
    jwk: Value,
}

/// The key types of AWS KMS that can sign tokens.
#[derive(Clone, Copy)]
enum KeyType {
    P256,
    Rsa,
}

impl PublicKey {
    /// Reads the DER of a `SubjectPublicKeyInfo` (RFC 5280, section 4.1). `None` if the key has another type or is
    /// invalid: a point that is not on the curve, or an RSA key under 2048 bits.
    pub(super) fn from_spki(spki: &[u8], key_id: &str) -> Option<Self> {
        let (key_type, parameters) = match der::public_numbers(spki)? {
            PublicNumbers::P256 { x, y } => (KeyType::P256, public_jwk::p256(x, y)),
            PublicNumbers::Rsa { n, e } => (KeyType::Rsa, public_jwk::rsa(n, e)),
        };
        let jwk = public_jwk::with_parameters(parameters, key_type.algorithm(), Some(key_id))?;
        Some(Self {
            key_type,
            verifying: ParsedPublicKey::new(key_type.verification(), spki).ok()?,
            jwk,
        })
    }

    pub(super) fn jwk(&self) -> &Value {
        &self.jwk
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        self.key_type.algorithm()
    }

    /// The name of the algorithm in AWS KMS.
    pub(super) const fn signing_algorithm(&self) -> SigningAlgorithmSpec {
        match self.key_type {
            KeyType::P256 => SigningAlgorithmSpec::EcdsaSha256,
            KeyType::Rsa => SigningAlgorithmSpec::RsassaPkcs1V15Sha256,
        }
    }

    /// Converts a signature of AWS KMS to JWS form; `None` if it is not a valid signature of `input`.
    pub(super) fn jose_signature(&self, input: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
        let signature = match self.key_type {
            KeyType::P256 => der::jose_signature(signature)?.to_vec(),
            KeyType::Rsa => signature.to_vec(),
        };
        self.verifying.verify_sig(input, &signature).ok()?;
        Some(signature)
    }
}

impl KeyType {
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
