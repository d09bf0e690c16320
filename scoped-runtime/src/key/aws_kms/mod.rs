//! AWS KMS as a [`Signer`]. Only this module uses `aws-sdk-kms`.

mod der;
mod error;
mod public_key;

pub use error::AwsKmsError;

use std::error::Error;
use std::fmt;

use aws_lc_rs::digest;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeyUsageType, MessageType};
use serde_json::{Value, json};

use super::{Algorithm, Signer};
use error::Action;
use public_key::PublicKey;

/// A signing key in [AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/symmetric-asymmetric.html),
/// as a [`Signer`] (feature `aws-kms`). The private key never leaves AWS KMS.
///
/// The key must be asymmetric, with usage `SIGN_VERIFY` and spec `ECC_NIST_P256` (ES256, which is faster and has
/// small signatures) or `RSA_2048` and longer (RS256). The credentials need the permissions `kms:GetPublicKey`
/// and `kms:Sign`. Register [`public_jwks`](Self::public_jwks) with the project.
///
/// The application makes the client, and so chooses credentials, region, retries and HTTP stack; most use the crate
/// `aws-config`.
///
/// ```
/// use scoped_runtime::{AwsKms, AwsKmsError};
///
/// async fn signer(client: aws_sdk_kms::Client) -> Result<AwsKms, AwsKmsError> {
///     AwsKms::connect(client, "alias/supabase", "kms-2026").await
/// }
/// ```
///
/// Only the SHA-256 digest of a token is sent to AWS KMS, never its claims. Every signature is verified with the
/// public key before it is used.
#[derive(Clone)]
pub struct AwsKms {
    client: Client,
    /// The ARN of the key. An alias could be changed to point to another key, which would not fit the `kid`.
    arn: String,
    key_id: String,
    public: PublicKey,
}

impl AwsKms {
    /// Fetches the public key of `key` from AWS KMS with one
    /// [`GetPublicKey`](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html).
    ///
    /// `key` is a key ID, a key ARN, an alias (`alias/name`) or an alias ARN. An alias is resolved only
    /// here: if it is changed, call `connect` again. `key_id` is the `kid` of the tokens, which you choose;
    /// register the key under it with [`public_jwks`](Self::public_jwks).
    ///
    /// The timeouts are those of the client. The future is cancel-safe.
    ///
    /// # Errors
    /// [`AwsKmsError`] if the key does not exist, is disabled or has another type, if a permission is missing,
    /// or if the request fails.
    pub async fn connect(
        client: Client,
        key: impl Into<String>,
        key_id: impl Into<String>,
    ) -> Result<Self, AwsKmsError> {
        let (key, key_id) = (key.into(), key_id.into());
        if key_id.trim().is_empty() {
            return Err(AwsKmsError::EmptyKeyId);
        }
        let request = client.get_public_key().key_id(&key).send();
        let answer = request
            .await
            .map_err(|error| AwsKmsError::new(Action::GetPublicKey, &key, &error))?;

        match answer.key_usage() {
            Some(KeyUsageType::SignVerify) => {}
            Some(usage) => {
                let reason = format!("has usage {usage}");
                return Err(AwsKmsError::Unsuitable { key, reason });
            }
            None => return Err(AwsKmsError::answer(Action::GetPublicKey, "no key usage")),
        }
        let Some(spki) = answer.public_key() else {
            return Err(AwsKmsError::answer(Action::GetPublicKey, "no public key"));
        };
        let Some(public) = PublicKey::from_spki(spki.as_ref(), &key_id) else {
            let reason = match answer.key_spec() {
                Some(spec) => format!("has key spec {spec}"),
                None => "has another type".to_owned(),
            };
            return Err(AwsKmsError::Unsuitable { key, reason });
        };
        Ok(Self {
            client,
            arn: answer.key_id.unwrap_or(key),
            key_id,
            public,
        })
    }

    /// The public key as a JWK (RFC 7517, section 4) with its `kid`.
    pub fn public_jwk(&self) -> Value {
        self.public.jwk().clone()
    }

    /// A JWK set (RFC 7517, section 5) with the public key: the value of `custom_jwks` when the key is
    /// registered for a [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc). A
    /// project can trust a private key that cannot be imported only in this way.
    pub fn public_jwks(&self) -> Value {
        json!({ "keys": [self.public.jwk()] })
    }
}

impl Signer for AwsKms {
    fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    fn key_id(&self) -> &str {
        &self.key_id
    }

    fn public_jwk(&self) -> Option<Value> {
        Some(self.public.jwk().clone())
    }

    /// Signs the digest with one [`Sign`](https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html)
    /// request. The error is an [`AwsKmsError`].
    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        let digest = digest::digest(&digest::SHA256, input);
        let request = self
            .client
            .sign()
            .key_id(&self.arn)
            .message(Blob::new(digest.as_ref()))
            .message_type(MessageType::Digest)
            .signing_algorithm(self.public.signing_algorithm())
            .send();
        let answer = request
            .await
            .map_err(|error| AwsKmsError::new(Action::Sign, &self.arn, &error))?;
        let signature = answer.signature().map(AsRef::as_ref).unwrap_or_default();
        self.public.jose_signature(input, signature).ok_or_else(|| {
            AwsKmsError::answer(Action::Sign, "no valid signature by this key").into()
        })
    }
}

/// Leaves out the client, whose `Debug` is long.
impl fmt::Debug for AwsKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsKms")
            .field("key", &self.arn)
            .field("key_id", &self.key_id)
            .field("algorithm", &self.public.algorithm())
            .finish_non_exhaustive()
    }
}
