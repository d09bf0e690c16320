//! The key that signs tokens.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use jsonwebtoken::{Algorithm, Header};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{ConfigurationError, Problem};

/// A key that the project trusts, prepared for signing. Cheap to clone; `Debug` shows its kind only.
#[derive(Clone)]
pub struct SigningKey(Arc<Prepared>);

struct Prepared {
    header: Header,
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
        Ok(Self(Arc::new(Prepared {
            header: Header::new(Algorithm::HS256),
            material: Material::Hmac(hmac::Key::new(hmac::HMAC_SHA256, bytes)),
        })))
    }

    /// The header of every token that this key signs.
    pub(crate) fn header(&self) -> &Header {
        &self.0.header
    }

    /// Signs a JWS signing input (RFC 7515, section 5.1) and hands the signature's bytes on.
    pub(crate) fn sign<T>(&self, input: &[u8], then: impl FnOnce(&[u8]) -> T) -> T {
        match &self.0.material {
            Material::Hmac(key) => then(hmac::sign(key, input).as_ref()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.0.header.alg)
            .field("key_id", &self.0.header.kid)
            .finish_non_exhaustive()
    }
}
