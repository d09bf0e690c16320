use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;

use super::Algorithm;

/// What verifies signatures: a public key, or a shared secret, parsed once. The algorithm is the
/// key's; what a token says is compared with it and decides nothing. Cheap to clone.
#[derive(Clone)]
pub(crate) struct VerifyingKey(Arc<Prepared>);

struct Prepared {
    algorithm: Algorithm,
    key_id: Option<String>,
    half: Half,
}

enum Half {
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl VerifyingKey {
    pub(super) fn hs256(secret: &[u8], key_id: Option<String>) -> Self {
        Self::secret(hmac::Key::new(hmac::HMAC_SHA256, secret), key_id)
    }

    pub(super) fn secret(key: hmac::Key, key_id: Option<String>) -> Self {
        let half = Half::Secret(Box::new(key));
        Self::new(Algorithm::Hs256, key_id, half)
    }

    pub(super) fn public(algorithm: Algorithm, key: ParsedPublicKey, id: Option<String>) -> Self {
        Self::new(algorithm, id, Half::Public(key))
    }

    fn new(algorithm: Algorithm, key_id: Option<String>, half: Half) -> Self {
        Self(Arc::new(Prepared {
            algorithm,
            key_id,
            half,
        }))
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// Its `kid`, if it has one.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.0.key_id.as_deref()
    }

    /// Whether both are one shared secret.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.0.half, &other.0.half) {
            (Half::Secret(one), Half::Secret(other)) => {
                hmac::verify(one, b"", hmac::sign(other, b"").as_ref()).is_ok()
            }
            _ => false,
        }
    }

    /// Whether this signature, in JWS form, is one of this input.
    pub(crate) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        self.0.algorithm.fits(signature.len())
            && match &self.0.half {
                Half::Secret(key) => hmac::verify(key, input, signature).is_ok(),
                Half::Public(key) => key.verify_sig(input, signature).is_ok(),
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
