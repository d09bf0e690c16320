use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{Algorithm, SigningKey, VerifyingKey, encoded_header};
use crate::error::Problem;

/// A key that lives elsewhere: in a KMS or an HSM that signs but never shows it.
///
/// With one, making a client signs nothing, queries wait for their token by themselves, and
/// [`token_async`](crate::ScopedClient::token_async) takes the place of
/// [`token`](crate::ScopedClient::token).
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
///         // ask the vault
/// #       let _ = input;
///         Ok(vec![0; 64])
///     }
/// }
/// ```
pub trait Signer: fmt::Debug + Send + Sync {
    /// The algorithm of its signatures.
    fn algorithm(&self) -> Algorithm;

    /// The key ID (`kid`) by which the project knows its public half.
    fn key_id(&self) -> &str;

    /// The public half as a JWK, if it is known: what
    /// [`check_keys`](crate::ScopedClients::check_keys) compares with the one that the project lists.
    fn public_jwk(&self) -> Option<serde_json::Value> {
        None
    }

    /// Signs a JWS signing input (RFC 7515, section 5.1). The signature is as JWS wants it: for ES256,
    /// `r` and `s` with 32 bytes each (RFC 7518, section 3.4), not DER.
    ///
    /// It may be dropped before it ends, and is given up on after
    /// [`signer_timeout`](crate::ConfigBuilder::signer_timeout).
    ///
    /// # Errors
    /// Whatever went wrong, without secrets: it becomes the source of
    /// [`TokenError::Signer`](crate::TokenError::Signer).
    fn sign(
        &self,
        input: &[u8],
    ) -> impl Future<Output = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>> + Send;
}

type Signing<'a> = Pin<
    Box<dyn Future<Output = Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>,
>;

/// A [`Signer`] behind a pointer.
trait Boxed: fmt::Debug + Send + Sync {
    fn sign<'a>(&'a self, input: &'a [u8]) -> Signing<'a>;

    fn public_jwk(&self) -> Option<serde_json::Value>;
}

impl<S: Signer> Boxed for S {
    fn sign<'a>(&'a self, input: &'a [u8]) -> Signing<'a> {
        Box::pin(Signer::sign(self, input))
    }

    fn public_jwk(&self) -> Option<serde_json::Value> {
        Signer::public_jwk(self)
    }
}

/// A signer with what it says of itself, asked once.
#[derive(Clone)]
pub(crate) struct Remote {
    signer: Arc<dyn Boxed>,
    algorithm: Algorithm,
    key_id: Arc<str>,
    header: Arc<str>,
}

/// Without the signer, which may show more than it should.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Remote {
    pub(crate) fn new(signer: impl Signer + 'static) -> Self {
        let (algorithm, key_id) = (signer.algorithm(), signer.key_id());
        Self {
            algorithm,
            key_id: key_id.into(),
            header: encoded_header(algorithm, Some(key_id)).into(),
            signer: Arc::new(signer),
        }
    }

    /// Why it cannot be signed with.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.key_id.is_empty().then(|| {
            Problem::new(
                "signer",
                "has no key ID",
                "give it the `kid` by which the project knows its public key",
            )
        })
    }

    /// The `kid` that it gives its tokens.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Asks it for a signature.
    pub(crate) fn sign<'a>(&'a self, input: &'a [u8]) -> Signing<'a> {
        self.signer.sign(input)
    }
}

/// What a project signs with.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// A key that is here: signing is a computation.
    Local(SigningKey),
    /// A key that is elsewhere: signing is a request.
    Remote(Remote),
}

impl Key {
    /// The header of its tokens in base64url.
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

    /// Its public half, if it is known and there is one.
    pub(crate) fn public_jwk(&self) -> Option<serde_json::Value> {
        match self {
            Self::Local(key) => key.public_jwk(),
            Self::Remote(remote) => remote.signer.public_jwk(),
        }
    }

    /// What verifies its tokens, if it is a shared secret that is here.
    pub(crate) fn shared_secret_key(&self) -> Option<VerifyingKey> {
        match self {
            Self::Local(key) => key.shared_secret_key(),
            Self::Remote(_) => None,
        }
    }

    /// Its `kid`, if its tokens have one.
    pub(crate) fn key_id(&self) -> Option<&str> {
        match self {
            Self::Local(key) => key.key_id(),
            Self::Remote(remote) => Some(remote.key_id()),
        }
    }
}
