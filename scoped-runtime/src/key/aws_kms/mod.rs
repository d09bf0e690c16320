//! AWS KMS as a [`Signer`]. The only home of `aws-sdk-kms`.

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
/// which signs there and never leaves it.
///
/// The key is an asymmetric one with usage `SIGN_VERIFY` and spec `ECC_NIST_P256` (ES256, which is
/// faster and has small signatures) or `RSA_2048` and longer (RS256). Its users need `kms:GetPublicKey`
/// and `kms:Sign`. The project learns its public half from [`public_jwks`](Self::public_jwks).
///
/// The client is the application's own, so credentials, region, retries and the HTTP stack are too; the
/// crate `aws-config` makes one for most.
///
/// ```
/// use scoped_runtime::{AwsKms, AwsKmsError};
///
/// async fn signer(client: aws_sdk_kms::Client) -> Result<AwsKms, AwsKmsError> {
///     AwsKms::connect(client, "alias/supabase", "kms-2026").await
/// }
/// ```
///
/// Only the SHA-256 digest of a token is sent, never its claims, and a token can have any length. Every
/// signature is checked against the public key before it is used, so that no token leaves which the
/// project would refuse.
#[derive(Clone)]
pub struct AwsKms {
    client: Client,
    /// The key itself: an alias may point elsewhere tomorrow, under a `kid` that means this one.
    arn: String,
    key_id: String,
    public: PublicKey,
}

impl AwsKms {
    /// Asks AWS KMS for the public half of `key` with one
    /// [`GetPublicKey`](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html).
    ///
    /// `key` is a key ID, a key ARN, an alias (`alias/name`) or an alias ARN. An alias is resolved here and
    /// once: pointing it at another key takes effect with the next `connect`. `key_id` is the `kid` of the
    /// tokens, by which the project knows the key; choose it, and register it with
    /// [`public_jwks`](Self::public_jwks).
    ///
    /// It is bounded by the time limits of the client and may be dropped at any time.
    ///
    /// # Errors
    /// [`AwsKmsError`]: the key is missing, disabled or of another kind, the caller may not use it, or AWS KMS
    /// could not be asked.
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
                None => "is of another kind".to_owned(),
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

    /// The public half as a JWK (RFC 7517, section 4) with its `kid`, by which the project verifies.
    pub fn public_jwk(&self) -> Value {
        self.public.jwk().clone()
    }

    /// A JWK set (RFC 7517, section 5) with the public half: the `custom_jwks` with which a project is told of
    /// a [third-party issuer](https://supabase.com/docs/guides/auth/third-party/custom-oidc), which is
    /// how it trusts a private key that cannot be imported.
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

    /// One [`Sign`](https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html) of the digest. Its
    /// error is an [`AwsKmsError`].
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

/// Without the client, which has much to say.
impl fmt::Debug for AwsKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsKms")
            .field("key", &self.arn)
            .field("key_id", &self.key_id)
            .field("algorithm", &self.public.algorithm())
            .finish_non_exhaustive()
    }
}
