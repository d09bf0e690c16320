use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};

use super::Algorithm;

/// A private key, parsed and ready to sign.
pub(super) enum PrivateKey {
    /// Boxed, because it is much larger than the other variants, and moving it would leave a copy in memory.
    Hmac(Box<hmac::Key>),
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// The HMAC key of a secret.
    pub(super) fn hmac(secret: &[u8]) -> Self {
        Self::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Hmac(_) => Algorithm::Hs256,
            Self::Ecdsa(_) => Algorithm::Es256,
            Self::Rsa(_) => Algorithm::Rs256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// Signs in JWS form; `None` if the cryptographic library fails.
    pub(super) fn sign(&self, input: &[u8]) -> Option<Signature> {
        // aws-lc has its own generator and ignores this argument.
        let random = SystemRandom::new();
        match self {
            Self::Hmac(key) => Some(Signature::Hmac(hmac::sign(key, input))),
            Self::Ecdsa(pair) => Signature::fixed(&pair.sign(&random, input).ok()?),
            Self::Ed25519(pair) => Signature::fixed(&pair.try_sign(input).ok()?),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature)
                    .map(|()| Signature::Rsa(signature))
                    .ok()
            }
        }
    }

    /// Whether the public half verifies a signature of the private half.
    pub(super) fn passes_self_test(&self) -> bool {
        let input = b"a signature to test the key";
        let Some(signature) = self.sign(input) else {
            return false;
        };
        let signature = signature.as_ref();
        match self {
            Self::Hmac(key) => hmac::verify(key, input, signature),
            Self::Ecdsa(pair) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key())
                    .verify(input, signature)
            }
            Self::Rsa(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())
                    .verify(input, signature)
            }
            Self::Ed25519(pair) => {
                UnparsedPublicKey::new(&ED25519, pair.public_key()).verify(input, signature)
            }
        }
        .is_ok()
    }
}

/// A signature in JWS form (RFC 7518, section 3; RFC 8037, section 3.1); for ES256, `r` and `s` with 32 bytes
/// each. It is on the stack if its size is known.
pub(crate) enum Signature {
    Hmac(hmac::Tag),
    /// Smaller than the type of aws-lc, which takes more than 4 KiB for any algorithm.
    Fixed([u8; 64]),
    Rsa(Vec<u8>),
}

impl Signature {
    fn fixed(signature: &aws_lc_rs::signature::Signature) -> Option<Self> {
        signature.as_ref().try_into().map(Self::Fixed).ok()
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Hmac(tag) => tag.as_ref(),
            Self::Fixed(signature) => signature,
            Self::Rsa(signature) => signature,
        }
    }
}
