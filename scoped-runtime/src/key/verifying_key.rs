use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;

use super::Algorithm;

/// A parsed public key or shared secret that verifies signatures. The key determines the algorithm; the `alg` of
/// a token is only compared with it. Clones share one key.
#[derive(Clone)]
pub(crate) struct VerifyingKey(Arc<Prepared>);

struct Prepared {
    algorithm: Algorithm,
    key_id: Option<String>,
    material: VerifyingMaterial,
}

enum VerifyingMaterial {
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl VerifyingKey {
    pub(super) fn hs256(secret: &[u8], key_id: Option<String>) -> Self {
        Self::secret(hmac::Key::new(hmac::HMAC_SHA256, secret), key_id)
    }

    pub(super) fn secret(key: hmac::Key, key_id: Option<String>) -> Self {
        let material = VerifyingMaterial::Secret(Box::new(key));
        Self::new(Algorithm::Hs256, key_id, material)
    }

    pub(super) fn public(algorithm: Algorithm, key: ParsedPublicKey, id: Option<String>) -> Self {
        Self::new(algorithm, id, VerifyingMaterial::Public(key))
    }

    fn new(algorithm: Algorithm, key_id: Option<String>, material: VerifyingMaterial) -> Self {
        Self(Arc::new(Prepared {
            algorithm,
            key_id,
            material,
        }))
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The `kid` of the key, if it has one.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.0.key_id.as_deref()
    }

    /// Whether both keys are the same shared secret.
    pub(crate) fn is_same_secret(&self, other: &Self) -> bool {
        match (&self.0.material, &other.0.material) {
            (VerifyingMaterial::Secret(one), VerifyingMaterial::Secret(other)) => {
                hmac::verify(one, b"", hmac::sign(other, b"").as_ref()).is_ok()
            }
            _ => false,
        }
    }

    /// Whether the signature, in JWS form, is valid for the input.
    pub(crate) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        self.0.algorithm.allows_length(signature.len())
            && match &self.0.material {
                VerifyingMaterial::Secret(key) => hmac::verify(key, input, signature).is_ok(),
                VerifyingMaterial::Public(key) => key.verify_sig(input, signature).is_ok(),
            }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("algorithm", &self.0.algorithm)
            .field("key_id", &self.0.key_id)
            .finish_non_exhaustive()
    }
}
