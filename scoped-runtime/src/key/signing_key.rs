use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::material::{Material, Signature};
use super::{Algorithm, VerifyingKey, encoded_header, jwk, pem, public_jwk, refused};
use crate::error::{ConfigurationError, Problem};

/// A key that the project trusts, prepared for signing. Cheap to clone; `Debug` shows its kind only.
///
/// | key | algorithm | where its tokens are accepted |
/// |---|---|---|
/// | P-256 | `ES256` | every service; what Supabase recommends |
/// | RSA, 2048 to 8192 bits | `RS256` | every service; hosted projects import it with `e` = `AQAB` only. A signature takes many times as long |
/// | Ed25519 | `EdDSA` | not everywhere: hosted projects announce it, the CLI's local stack refuses it, Realtime knows it since August 2026 |
/// | shared secret | `HS256` | every service of a project that has not revoked it, but no third-party issuer |
///
/// A token is matched with its key by the key ID (`kid`, RFC 7515, section 4.1.4), so asymmetric keys
/// must have one: Realtime and Auth refuse their tokens otherwise. Hosted projects want a UUID. The
/// legacy JWT secret has none, and its tokens must not name one either: `PostgREST` refuses a `kid`
/// that it does not know.
///
/// A hosted project trusts a key after it was
/// [imported and rotated to](https://supabase.com/docs/guides/auth/signing-keys), or whose public half
/// it was told of as a
/// [third-party issuer's](https://supabase.com/docs/guides/auth/third-party/custom-oidc).
///
/// ```
/// use scoped_runtime::{Algorithm, SigningKey};
///
/// // What `supabase gen signing-key` prints; this one is the example of RFC 8037, appendix A.1.
/// let key = SigningKey::from_jwk(
///     r#"{"kty": "OKP", "crv": "Ed25519", "kid": "5a2ff5fb-8f4c-4d2a-9f9c-3f0b7f3c8f10",
///         "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
///         "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
/// )?;
/// assert_eq!(key.algorithm(), Algorithm::EdDsa);
/// # Ok::<(), scoped_runtime::ConfigurationError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(Arc<Prepared>);

struct Prepared {
    algorithm: Algorithm,
    key_id: Option<String>,
    header: String,
    material: Material,
    public: Option<Value>,
}

/// HMAC-SHA256 keys are as long as its output at least (RFC 7518, section 3.2).
pub(super) const MIN_SECRET_BYTES: usize = 32;

impl SigningKey {
    /// The project's legacy JWT secret: HS256 without a `kid`. The secret's UTF-8 bytes are the key.
    ///
    /// Once the project has revoked its legacy secret, every service refuses its tokens.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `jwt_secret` when it is shorter than 32 bytes.
    pub fn hs256(secret: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        Self::shared_secret(&secret.into(), None)
    }

    /// A shared secret that the project has as a signing key: HS256 with the key's `kid`. The
    /// secret's UTF-8 bytes are the key; one whose bytes are not text is an `oct` JWK for
    /// [`from_jwk`](Self::from_jwk).
    ///
    /// Supabase advises against shared secrets in production, and third-party issuers cannot have
    /// one.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `jwt_secret` when it is shorter than 32 bytes, or the `kid` blank.
    pub fn hs256_with_kid(
        secret: impl Into<SecretString>,
        kid: &str,
    ) -> Result<Self, ConfigurationError> {
        if kid.trim().is_empty() {
            return Err(Problem::new(
                "jwt_secret",
                "has a blank `kid`",
                "give the ID of the project's signing key, or use `SigningKey::hs256` for the legacy secret",
            )
            .into());
        }
        Self::shared_secret(&secret.into(), Some(kid.to_owned()))
    }

    /// A private JSON Web Key (RFC 7517; EC and RSA: RFC 7518, section 6; Ed25519: RFC 8037): one
    /// object, a set (`{"keys": [..]}`), or an array of keys as in `signing_keys.json`. The first
    /// usable private key of a set is taken, the others are ignored; a shared secret (`oct`) counts
    /// as one.
    ///
    /// EC members with dropped leading zeros, as older versions of `supabase gen signing-key` write
    /// them, are filled up to 32 bytes.
    ///
    /// Private members are read in place and decoded into memory that is wiped afterwards; wiping
    /// `json` is up to the caller. One exception: a private member with a JSON escape, which
    /// base64url never needs, is refused, and the parser leaves its unescaped text behind.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `signing_key`, with what is wrong with the key, or with each key
    /// of a set, and never a part of it.
    pub fn from_jwk(json: &str) -> Result<Self, ConfigurationError> {
        Ok(jwk::read(json)?)
    }

    /// A private key as PEM (RFC 7468): PKCS#8 (`PRIVATE KEY`, RFC 5958) of a P-256, RSA or Ed25519
    /// key, SEC1 (`EC PRIVATE KEY`, RFC 5915) or PKCS#1 (`RSA PRIVATE KEY`, RFC 8017), not encrypted.
    /// The `kid` is the one under which the project knows the key.
    ///
    /// Prefer [`from_jwk`](Self::from_jwk): the PEM decoder (`rustls-pki-types`) frees its buffer
    /// with the base64 text of the key without wiping it. The decoded DER is wiped.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `signing_key`, with the reason and never a part of the key.
    pub fn from_pem(pem: &str, kid: &str) -> Result<Self, ConfigurationError> {
        let key_id = Some(kid.to_owned());
        Ok(Self::prepare(pem::read(pem)?, key_id)?)
    }

    fn shared_secret(
        secret: &SecretString,
        key_id: Option<String>,
    ) -> Result<Self, ConfigurationError> {
        let bytes = secret.expose_secret().as_bytes();
        if bytes.len() < MIN_SECRET_BYTES {
            return Err(Problem::new(
                "jwt_secret",
                format!("has {} bytes, fewer than {MIN_SECRET_BYTES}", bytes.len()),
                "copy the whole secret from the project's JWT settings",
            )
            .into());
        }
        Ok(Self::prepare(Material::hmac(bytes), key_id)?)
    }

    /// Checks the `kid`, and that the key signs what its public half verifies.
    pub(super) fn prepare(material: Material, key_id: Option<String>) -> Result<Self, Problem> {
        let algorithm = material.algorithm();
        let is_blank = |kid: &String| kid.trim().is_empty();
        match &key_id {
            None if algorithm == Algorithm::Hs256 => {}
            Some(kid) if !is_blank(kid) => {}
            _ => {
                return Err(refused(
                    "has no `kid`, without which Supabase does not find the key of a token",
                    "add the `kid` under which the project has the key, a UUID",
                ));
            }
        }
        if !material.works() {
            return Err(refused(
                "makes signatures that do not verify",
                "make a new key with `supabase gen signing-key`",
            ));
        }
        Ok(Self(Arc::new(Prepared {
            algorithm,
            header: encoded_header(algorithm, key_id.as_deref()),
            public: public_jwk::of(&material, key_id.as_deref()),
            key_id,
            material,
        })))
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The key ID (`kid`) in the header of its tokens; a legacy secret has none.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.0.key_id.as_deref()
    }

    /// The public half as a JWK (RFC 7517), with which others verify its tokens; a shared secret has
    /// none.
    ///
    /// A hosted project lists it in `/auth/v1/.well-known/jwks.json` once the private key has been
    /// [imported](https://supabase.com/docs/guides/auth/signing-keys); a self-hosted one trusts it
    /// when it stands in
    /// [`JWT_JWKS`](https://supabase.com/docs/guides/self-hosting/self-hosted-auth-keys).
    #[must_use]
    pub fn public_jwk(&self) -> Option<Value> {
        self.0.public.clone()
    }

    /// A JWK set (RFC 7517, section 5) with the public half, empty for a shared secret.
    ///
    /// This is the `custom_jwks` with which a project is told of a
    /// [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc); tokens
    /// then need that issuer's name: [`ConfigBuilder::issuer`](crate::ConfigBuilder::issuer).
    #[must_use]
    pub fn public_jwks(&self) -> Value {
        let keys: Vec<&Value> = self.0.public.iter().collect();
        json!({ "keys": keys })
    }

    /// What verifies the tokens of a shared secret; others' are verified by what the project lists.
    pub(crate) fn shared_secret_key(&self) -> Option<VerifyingKey> {
        match &self.0.material {
            Material::Hmac(key) => {
                Some(VerifyingKey::secret((**key).clone(), self.0.key_id.clone()))
            }
            _ => None,
        }
    }

    /// The header of every token that this key signs, in base64url.
    pub(crate) fn encoded_header(&self) -> &str {
        &self.0.header
    }

    /// Signs a JWS signing input (RFC 7515, section 5.1). Nothing when the cryptographic library
    /// fails.
    pub(crate) fn sign(&self, input: &[u8]) -> Option<Signature> {
        self.0.material.sign(input)
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
