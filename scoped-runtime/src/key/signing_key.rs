use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};

use super::{Algorithm, encoded_header};
use crate::error::{ConfigurationError, Problem};

/// A key that the project trusts, prepared for signing. Cheap to clone; `Debug` shows its kind only.
#[derive(Clone)]
pub struct SigningKey(Arc<Prepared>);

struct Prepared {
    algorithm: Algorithm,
    key_id: Option<String>,
    header: String,
    material: Material,
}

/// One variant for each family of algorithms, with the key parsed once.
enum Material {
    Hmac(hmac::Key),
}

/// HMAC-SHA256 keys are as long as its output at least (RFC 7518, section 3.2).
const MIN_SECRET_BYTES: usize = 32;

impl SigningKey {
    /// The project's legacy JWT secret: HS256 without a `kid`. The secret's UTF-8 bytes are the key.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `jwt_secret` when it is shorter than 32 bytes.
    pub fn hs256(secret: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        let secret = secret.into();
        let bytes = secret.expose_secret().as_bytes();
        if bytes.len() < MIN_SECRET_BYTES {
            return Err(Problem::new(
                "jwt_secret",
                format!("has {} bytes, fewer than {MIN_SECRET_BYTES}", bytes.len()),
                "copy the whole secret from the project's JWT settings",
            )
            .into());
        }
        let (algorithm, key_id) = (Algorithm::Hs256, None);
        Ok(Self(Arc::new(Prepared {
            algorithm,
            header: encoded_header(algorithm, key_id.as_deref()),
            key_id,
            material: Material::Hmac(hmac::Key::new(hmac::HMAC_SHA256, bytes)),
        })))
    }

    /// The algorithm of its signatures.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The key ID (`kid`) in the header of its tokens; a legacy secret has none.
    pub fn key_id(&self) -> Option<&str> {
        self.0.key_id.as_deref()
    }

    /// The header of every token that this key signs, in base64url.
    pub(crate) fn encoded_header(&self) -> &str {
        &self.0.header
    }

    /// Signs a JWS signing input (RFC 7515, section 5.1). Nothing when the cryptographic library
    /// fails.
    pub(crate) fn sign(&self, input: &[u8]) -> Option<Signature> {
        match &self.0.material {
            Material::Hmac(key) => Some(Signature::Hmac(hmac::sign(key, input))),
        }
    }
}

/// A signature in JWS form, on the stack where it can be.
pub(crate) enum Signature {
    Hmac(hmac::Tag),
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Hmac(tag) => tag.as_ref(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.0.algorithm)
            .field("key_id", &self.0.key_id)
            .finish_non_exhaustive()
    }
}
