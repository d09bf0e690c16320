use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::private_key::{PrivateKey, Signature};
use super::{Algorithm, VerifyingKey, encoded_header, jwk, pem, public_jwk, refused};
use crate::error::{ConfigurationError, Problem};

/// A signing key in the memory of the process, for
/// [`ConfigBuilder::signing_key`](crate::ConfigBuilder::signing_key) and
/// [`ScopedClients::rotate`](crate::ScopedClients::rotate). The project has to trust it.
///
/// Clones share one key. `Debug` shows only the algorithm and the key ID.
///
/// | key | algorithm | where its tokens are accepted |
/// |---|---|---|
/// | P-256 | `ES256` | by every service; Supabase recommends it |
/// | RSA, 2048 to 8192 bits | `RS256` | by every service; hosted projects import only keys with `e` = `AQAB`. Signing is an order of magnitude slower |
/// | Ed25519 | `EdDSA` | not by every service: hosted projects announce it, the CLI's local stack refuses it, Realtime accepts it since August 2026 |
/// | shared secret | `HS256` | by every service of a project that has not revoked it; not for third-party issuers |
///
/// A server selects the key of a token by its key ID (`kid`, RFC 7515, section 4.1.4). Asymmetric keys must have
/// one: Realtime and Auth refuse their tokens otherwise, and hosted projects require a UUID. The legacy JWT
/// secret has no `kid`, because `PostgREST` refuses a `kid` that it does not know.
///
/// A hosted project trusts a key that was
/// [imported and rotated to](https://supabase.com/docs/guides/auth/signing-keys), or whose public key was
/// registered for a [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc). The guide
/// [`docs::keys`](crate::docs::keys) explains the choices.
///
/// ```
/// use scoped_runtime::{Algorithm, SigningKey};
///
/// // `supabase gen signing-key` prints such a key; this one is the example of RFC 8037, appendix A.1.
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
    private_key: PrivateKey,
    public: Option<Value>,
}

/// An HS256 key must be at least as long as the output of SHA-256 (RFC 7518, section 3.2).
pub(super) const MIN_SECRET_BYTES: usize = 32;

impl SigningKey {
    /// The project's legacy JWT secret: HS256 without a `kid`. The UTF-8 bytes of the secret are the key.
    ///
    /// When the project has revoked its legacy secret, every service refuses its tokens.
    ///
    /// # Errors
    /// [`ConfigurationError`] for the field `jwt_secret` if the secret is shorter than 32 bytes.
    pub fn hs256(secret: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        Self::shared_secret(&secret.into(), None)
    }

    /// A shared secret that the project has imported as a signing key: HS256 with the `kid` of that key. The
    /// UTF-8 bytes of the secret are the key; for a secret that is not text, use an `oct` JWK with
    /// [`from_jwk`](Self::from_jwk).
    ///
    /// Supabase advises against shared secrets in production, and third-party issuers cannot have one.
    ///
    /// # Errors
    /// [`ConfigurationError`] for the field `jwt_secret` if the secret is shorter than 32 bytes or the `kid` is
    /// blank.
    pub fn hs256_with_kid(
        secret: impl Into<SecretString>,
        kid: &str,
    ) -> Result<Self, ConfigurationError> {
        if kid.trim().is_empty() {
            return Err(Problem::new(
                "jwt_secret",
                "has a blank `kid`",
                "pass the ID of the project's signing key, or use `SigningKey::hs256` for the legacy secret",
            )
            .into());
        }
        Self::shared_secret(&secret.into(), Some(kid.to_owned()))
    }

    /// A private JSON Web Key (RFC 7517; EC and RSA: RFC 7518, section 6; Ed25519: RFC 8037): one
    /// object, a set (`{"keys": [..]}`), or an array of keys as in `signing_keys.json`. Of several keys the
    /// first usable private key is used; a shared secret (`oct`) counts as private.
    ///
    /// EC members without leading zeros, as older versions of `supabase gen signing-key` write them, are padded
    /// to 32 bytes.
    ///
    /// Private members are decoded into memory that is wiped afterwards; the caller has to wipe `json`. A private
    /// member with a JSON escape, which base64url never needs, is refused; in that case the parser leaves the
    /// unescaped text in memory.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), scoped_runtime::Error> {
    /// let jwk = std::fs::read_to_string("signing_key.json").expect("a file");
    /// let key = scoped_runtime::SigningKey::from_jwk(&jwk)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ConfigurationError`] for the field `signing_key`, with the reason for the key or for each key of a set.
    /// It never contains a part of a key.
    pub fn from_jwk(json: &str) -> Result<Self, ConfigurationError> {
        Ok(jwk::read(json)?)
    }

    /// A private key as PEM (RFC 7468): PKCS#8 (`PRIVATE KEY`, RFC 5958) of a P-256, RSA or Ed25519
    /// key, SEC1 (`EC PRIVATE KEY`, RFC 5915) or PKCS#1 (`RSA PRIVATE KEY`, RFC 8017), not encrypted.
    /// `kid` is the ID under which the project has the key.
    ///
    /// Prefer [`from_jwk`](Self::from_jwk): the PEM decoder (`rustls-pki-types`) does not wipe its buffer with
    /// the base64 text of the key. The decoded DER is wiped.
    ///
    /// # Errors
    /// [`ConfigurationError`] for the field `signing_key`. It never contains a part of the key.
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
        Ok(Self::prepare(PrivateKey::hmac(bytes), key_id)?)
    }

    /// Checks the `kid`, and that the public half verifies a signature of the key.
    pub(super) fn prepare(
        private_key: PrivateKey,
        key_id: Option<String>,
    ) -> Result<Self, Problem> {
        let algorithm = private_key.algorithm();
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
        if !private_key.passes_self_test() {
            return Err(refused(
                "makes signatures that its public half does not verify",
                "make a new key with `supabase gen signing-key`",
            ));
        }
        Ok(Self(Arc::new(Prepared {
            algorithm,
            header: encoded_header(algorithm, key_id.as_deref()),
            public: public_jwk::of(&private_key, key_id.as_deref()),
            key_id,
            private_key,
        })))
    }

    /// The algorithm of the signatures.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The key ID (`kid`) in the header of tokens; `None` for the legacy JWT secret.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.0.key_id.as_deref()
    }

    /// The public key as a JWK (RFC 7517, section 4); `None` for a shared secret.
    ///
    /// A hosted project lists it in `/auth/v1/.well-known/jwks.json` after the private key has been
    /// [imported](https://supabase.com/docs/guides/auth/signing-keys). A self-hosted project trusts it if it is
    /// part of [`JWT_JWKS`](https://supabase.com/docs/guides/self-hosting/self-hosted-auth-keys).
    #[must_use]
    pub fn public_jwk(&self) -> Option<Value> {
        self.0.public.clone()
    }

    /// A JWK set (RFC 7517, section 5) with the public key; an empty set for a shared secret.
    ///
    /// It is the value of `custom_jwks` when the key is registered for a
    /// [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc). Tokens then need
    /// that issuer: [`ConfigBuilder::issuer`](crate::ConfigBuilder::issuer).
    #[must_use]
    pub fn public_jwks(&self) -> Value {
        let keys: Vec<&Value> = self.0.public.iter().collect();
        json!({ "keys": keys })
    }

    /// The key that verifies its tokens, for a shared secret. The public keys of other keys come from the project.
    pub(crate) fn shared_secret_key(&self) -> Option<VerifyingKey> {
        match &self.0.private_key {
            PrivateKey::Hmac(key) => {
                Some(VerifyingKey::secret((**key).clone(), self.0.key_id.clone()))
            }
            _ => None,
        }
    }

    /// The header of its tokens, in base64url.
    pub(super) fn encoded_header(&self) -> &str {
        &self.0.header
    }

    /// Signs a JWS signing input (RFC 7515, section 5.1); `None` if the cryptographic library fails.
    pub(crate) fn sign(&self, input: &[u8]) -> Option<Signature> {
        self.0.private_key.sign(input)
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
