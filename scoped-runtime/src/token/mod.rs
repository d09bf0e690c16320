//! Access tokens: JSON Web Tokens (RFC 7519) in compact serialisation (RFC 7515, section 7.1).

mod jwt_id;
mod payload_template;
#[cfg(feature = "postgres")]
mod unsigned_claims;

pub(crate) use jwt_id::JwtIdPool;
pub(crate) use payload_template::{PayloadTemplate, UnsignedToken};
#[cfg(feature = "postgres")]
pub(crate) use unsigned_claims::UnsignedClaims;

use std::cmp::Reverse;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::HeaderValue;
use scoped_rules::registered::is_reserved;
use secrecy::zeroize::Zeroize;
use serde_json::{Map, Value};

use crate::error::{ClientError, LargestClaims};

/// What is minted for an identity, with its times: a token, or claims without a signature.
pub(crate) trait Issued: Clone + Send + Sync + 'static {
    /// The time at which it was issued (`iat`).
    fn issued_at(&self) -> SystemTime;

    /// The time at which it expires (`exp`).
    fn expires_at(&self) -> SystemTime;

    /// Whether both are clones of one mint.
    fn is_same(&self, other: &Self) -> bool;
}

impl Issued for AccessToken {
    fn issued_at(&self) -> SystemTime {
        self.0.signed.issued_at
    }

    fn expires_at(&self) -> SystemTime {
        self.0.signed.expires_at
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

const BEARER: &str = "Bearer ";

/// An access token of one user: a signed JWT (RFC 7519).
///
/// [`ScopedClient::token`](crate::ScopedClient::token) returns it. `Debug` is redacted and there is no `Display`;
/// only [`expose_secret`](Self::expose_secret) returns the text. Clones share one allocation, and the signature
/// is wiped from memory when the last clone is dropped.
#[derive(Clone)]
pub struct AccessToken(Arc<SharedToken>);

/// The part that all clones of a token share.
struct SharedToken {
    signed: Arc<Signed>,
    /// The `Authorization` header, built by the first request.
    header: OnceLock<HeaderValue>,
}

struct Signed {
    /// `Bearer <token>`, as it stands in the `Authorization` header.
    bearer: String,
    /// The index of the first byte of the signature in `bearer`.
    signature: usize,
    issued_at: SystemTime,
    expires_at: SystemTime,
}

/// Wipes the signature. Header and payload are not secret: without the signature no server accepts them.
impl Drop for Signed {
    fn drop(&mut self) {
        let mut bearer = std::mem::take(&mut self.bearer).into_bytes();
        if let Some(signature) = bearer.get_mut(self.signature..) {
            signature.zeroize();
        }
    }
}

impl AccessToken {
    /// `bearer` begins with the scheme already, so that no request has to copy the token. Its capacity must be
    /// exact: growing or shrinking the string would leave copies of the signature in memory.
    fn new(
        bearer: String,
        signature: usize,
        issued_at: SystemTime,
        expires_at: SystemTime,
    ) -> Self {
        let signed = Signed {
            bearer,
            signature,
            issued_at,
            expires_at,
        };
        Self(Arc::new(SharedToken {
            signed: Arc::new(signed),
            header: OnceLock::new(),
        }))
    }

    /// A caller's token, whose signature has been verified.
    pub(crate) fn verified(token: &str, issued_at: SystemTime, expires_at: SystemTime) -> Self {
        let mut bearer = String::with_capacity(BEARER.len() + token.len());
        bearer.push_str(BEARER);
        bearer.push_str(token);
        let signature = bearer.rfind('.').map_or(0, |dot| dot + 1);
        Self::new(bearer, signature, issued_at, expires_at)
    }

    /// The token as text, for another client of the same project. It is a credential: keep it out of logs.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.bearer()[BEARER.len()..]
    }

    /// The value of the `Authorization` header (RFC 6750).
    pub(crate) fn bearer(&self) -> &str {
        &self.0.signed.bearer
    }

    /// The value of the `Authorization` header. It shares the memory of the token, so that no copy is left when
    /// the token is wiped.
    pub(crate) fn header(&self) -> Result<HeaderValue, ClientError> {
        if let Some(header) = self.0.header.get() {
            return Ok(header.clone());
        }
        let shared = Bytes::from_owner(HeaderBytes(Arc::clone(&self.0.signed)));
        let mut header =
            HeaderValue::from_maybe_shared(shared).map_err(|_| ClientError::InvalidName {
                kind: "token",
                name: "of the client".to_owned(),
                reason: "cannot be a header",
                remedy: "report this as a bug",
            })?;
        header.set_sensitive(true);
        Ok(self.0.header.get_or_init(|| header).clone())
    }

    /// The time at which the token was issued (`iat`), in whole seconds.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.0.signed.issued_at
    }

    /// The time at which the token expires (`exp`), in whole seconds. The library sends no request with the token
    /// from then on.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.signed.expires_at
    }

    /// The payload of the token, decoded, for logs and tests. Claims are not secret, but may be personal data.
    #[must_use]
    pub fn claims(&self) -> Map<String, Value> {
        self.expose_secret()
            .split('.')
            .nth(1)
            .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    /// The names and sizes of the largest custom claims, for an error.
    fn largest_claims(&self) -> LargestClaims {
        /// How many characters of a name are shown.
        const MAX_SHOWN: usize = 40;

        let size = |(name, value): (String, Value)| {
            let bytes = name.len() + value.to_string().len();
            (name.chars().take(MAX_SHOWN).collect(), bytes)
        };
        let custom = self
            .claims()
            .into_iter()
            .filter(|(name, _)| !is_reserved(name));
        let mut sizes: Vec<(String, usize)> = custom.map(size).collect();
        sizes.sort_by_key(|(_, bytes)| Reverse(*bytes));
        sizes.truncate(3);
        LargestClaims(sizes)
    }

    /// Whether both are clones of one token.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The owner of the memory of a header: keeps the token alive.
struct HeaderBytes(Arc<Signed>);

impl AsRef<[u8]> for HeaderBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.bearer.as_bytes()
    }
}

/// The SHA-256 digest of a token, as the key of a cache.
pub(crate) fn fingerprint(token: &str) -> [u8; 32] {
    let mut fingerprint = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    fingerprint.copy_from_slice(digest.as_ref());
    fingerprint
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("token", &"[redacted]")
            .field("issued_at", &self.0.signed.issued_at)
            .field("expires_at", &self.0.signed.expires_at)
            .finish()
    }
}
