use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{Algorithm, SigningKey, VerifyingKey, encoded_header};
use crate::error::Problem;

/// A remote signing key, such as one in a KMS or HSM that never reveals the key.
/// [`ConfigBuilder::signer`](crate::ConfigBuilder::signer) and [`Rotation::signer`](crate::Rotation::signer)
/// take it.
///
/// With a remote key no token is signed when a client is made. Queries await their token by themselves;
/// [`ScopedClient::token_async`](crate::ScopedClient::token_async) takes the place of
/// [`ScopedClient::token`](crate::ScopedClient::token). The feature `aws-kms` has an implementation for AWS KMS.
///
/// ```
/// use scoped_runtime::{Algorithm, Signer};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl Signer for Vault {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::Es256
///     }
///
///     fn key_id(&self) -> &str {
///         "the-kid-that-supabase-knows"
///     }
///
///     async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
///         // send the input to the vault
/// #       let _ = input;
///         Ok(vec![0; 64])
///     }
/// }
/// ```
pub trait Signer: fmt::Debug + Send + Sync {
    /// The algorithm of the signatures.
    fn algorithm(&self) -> Algorithm;

    /// The key ID (`kid`) under which the project has the public key. It must not be empty.
    fn key_id(&self) -> &str;

    /// The public key as a JWK (RFC 7517), if it is known.
    /// [`ScopedClients::check_keys`](crate::ScopedClients::check_keys) compares it with the project's.
    fn public_jwk(&self) -> Option<serde_json::Value> {
        None
    }

    /// Signs a JWS signing input (RFC 7515, section 5.1) and returns the signature in JWS form: for ES256, `r`
    /// and `s` with 32 bytes each (RFC 7518, section 3.4), not DER.
    ///
    /// The future may be dropped before it completes, at the latest after
    /// [`signer_timeout`](crate::ConfigBuilder::signer_timeout).
    ///
    /// # Errors
    /// Any error becomes the source of [`TokenError::Signer`](crate::TokenError::Signer). It must not contain
    /// secrets.
    fn sign(
        &self,
        input: &[u8],
    ) -> impl Future<Output = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>> + Send;
}

type Signing<'a> = Pin<
    Box<dyn Future<Output = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>,
>;

/// The dyn-compatible form of [`Signer`].
trait DynSigner: fmt::Debug + Send + Sync {
    fn sign<'a>(&'a self, input: &'a [u8]) -> Signing<'a>;

    fn public_jwk(&self) -> Option<serde_json::Value>;
}

impl<S: Signer> DynSigner for S {
    fn sign<'a>(&'a self, input: &'a [u8]) -> Signing<'a> {
        Box::pin(Signer::sign(self, input))
    }

    fn public_jwk(&self) -> Option<serde_json::Value> {
        Signer::public_jwk(self)
    }
}

/// A signer with its algorithm, its key ID and the header of its tokens.
#[derive(Clone)]
pub(crate) struct RemoteSigner {
    signer: Arc<dyn DynSigner>,
    algorithm: Algorithm,
    key_id: Arc<str>,
    header: Arc<str>,
}

/// Leaves out the signer, whose `Debug` may show secrets.
impl fmt::Debug for RemoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSigner")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl RemoteSigner {
    pub(crate) fn new(signer: impl Signer + 'static) -> Self {
        let (algorithm, key_id) = (signer.algorithm(), signer.key_id());
        Self {
            algorithm,
            key_id: key_id.into(),
            header: encoded_header(algorithm, Some(key_id)).into(),
            signer: Arc::new(signer),
        }
    }

    /// The reason why the signer cannot be used, if any.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.key_id.is_empty().then(|| {
            Problem::new(
                "signer",
                "has no key ID",
                "give it the `kid` by which the project knows its public key",
            )
        })
    }

    /// The `kid` of its tokens.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Requests a signature.
    pub(crate) fn sign<'a>(&'a self, input: &'a [u8]) -> Signing<'a> {
        self.signer.sign(input)
    }
}

/// The signing key of a project.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// A key in the memory of the process.
    Local(SigningKey),
    /// A remote key: signing is a request.
    Remote(RemoteSigner),
}

impl Key {
    /// The header of its tokens, in base64url.
    pub(crate) fn header(&self) -> &str {
        match self {
            Self::Local(key) => key.encoded_header(),
            Self::Remote(remote) => &remote.header,
        }
    }

    /// The algorithm of its signatures.
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Local(key) => key.algorithm(),
            Self::Remote(remote) => remote.algorithm,
        }
    }

    /// The public key, if it is known. A shared secret has none.
    pub(crate) fn public_jwk(&self) -> Option<serde_json::Value> {
        match self {
            Self::Local(key) => key.public_jwk(),
            Self::Remote(remote) => remote.signer.public_jwk(),
        }
    }

    /// The key that verifies its tokens, if it is a local shared secret.
    pub(crate) fn shared_secret_key(&self) -> Option<VerifyingKey> {
        match self {
            Self::Local(key) => key.shared_secret_key(),
            Self::Remote(_) => None,
        }
    }

    /// The `kid` of its tokens, if they have one.
    pub(crate) fn key_id(&self) -> Option<&str> {
        match self {
            Self::Local(key) => key.key_id(),
            Self::Remote(remote) => Some(remote.key_id()),
        }
    }
}
